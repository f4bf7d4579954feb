// Records and a group's progress, all of them or none.

import Logging
import Synchronization

/// A producer whose records become visible together with the offsets they were made from.
///
/// All blocking calls run on one owner thread, one after the other; one transaction at a time. Between
/// transactions the state is clean, or the producer says at each call that it is done for.
package final class TransactionalProducer: Sendable {
    private enum Phase {
        case new
        case ready
        case busy
        /// An abort is still owed; the next transaction begins with it.
        case dirty
        /// Nothing more can be done with it.
        case broken(KafkaError)
    }

    private let client: ProducerClient
    private let calls: TransactionCalls
    private let owner: BlockingQueue
    private let phase = Mutex(Phase.new)

    /// - Parameters:
    ///   - transactionalID: the name under which a successor replaces this producer: the same after a
    ///     restart, never the same for two that shall run side by side.
    ///   - transactionTimeout: after it the broker aborts a transaction by itself.
    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(
        _ configuration: KafkaConfiguration, transactionalID: String,
        transactionTimeout: Duration = .seconds(10),
        logger: Logger
    ) throws {
        client = try ProducerClient(
            configuration, role: "transactional-producer",
            settings: .transactionalProducer(id: transactionalID, timeout: transactionTimeout), logger: logger
        )
        calls = TransactionCalls(handle: client.handle, context: client.context)
        owner = BlockingQueue("sluice.kafka.transactions", isSerial: true)
    }

    deinit {
        client.stop(flushWithin: .zero)
    }

    /// Fences the predecessor under the same id and ends its open transaction. Once, before all
    /// transactions; after a failure that is retriable it may be called again.
    package func initialize(within duration: Duration) async throws {
        try client.throwIfUnusable("init of transactions")
        try await owner.run { [calls] in try calls.initialize(by: Deadline(within: duration)) }
        phase.withLock { phase in
            if case .new = phase { phase = .ready }
        }
    }

    /// Sends the records and the group's progress in one transaction, and commits it.
    ///
    /// When it throws, nothing of it counts: it was aborted and the producer may be used again. The
    /// exceptions are fatal errors (`isFatal`; each later call throws too): a fenced producer, and a commit
    /// that wasn't answered within the time, of which nobody knows whether it counts. Then close this
    /// producer, initialize a new one under the same id, which settles it, and go on from the group's
    /// committed offsets.
    ///
    /// - Parameters:
    ///   - offsets: the group's progress; committed as `member`, so that a member that lost its partitions
    ///     can't commit.
    ///   - duration: the time for delivery and offsets; the commit or abort that follows gets as much again.
    ///     Keep it below half of the transaction time-out.
    /// - Returns: one delivery for each record. With neither records nor offsets nothing happens.
    /// - Throws: `SendError`, `KafkaError`, or `CancellationError` when the task was cancelled before the
    ///   commit.
    package func transaction(
        _ records: [ProducerRecord], offsets: [OffsetCommit] = [], as member: Membership? = nil,
        within duration: Duration
    ) async throws -> [Delivery] {
        let mustAbort = try enter(offsets, member)
        if records.isEmpty, offsets.isEmpty, !mustAbort {
            leave(.ready)
            return []
        }
        do {
            if mustAbort { try await abort(within: duration) }
            let deadline = Deadline(within: duration)
            try await begin()
            let deliveries = try await fill(records, offsets, member, by: deadline, duration)
            try await commit(within: duration)
            leave(.ready)
            return deliveries
        } catch let end as Ended {
            leave(end.phase)
            throw end.error
        } catch {
            // The abort that was owed has failed again, or the commit has, for good.
            leave(phaseAfterFailedAbort)
            throw error
        }
    }

    /// Ends the producer; an open transaction is left to its time-out or its successor. May be called again.
    package func close(within duration: Duration) async {
        await client.close(within: duration)
    }

    /// For tests: librdkafka's own way to bring a client into the state of a fatal error.
    func raiseFatalError() throws {
        try client.raiseFatalError()
    }

    // MARK: Steps

    /// An error whose consequence for the producer is decided already.
    private struct Ended: Error {
        let error: any Error
        let phase: Phase
    }

    private func begin() async throws {
        do {
            try await owner.run { [calls] in try calls.begin() }
        } catch {
            throw Ended(error: error, phase: client.context.fatalError.map { .broken($0) } ?? .ready)
        }
    }

    private func fill(
        _ records: [ProducerRecord], _ offsets: [OffsetCommit], _ member: Membership?, by deadline: Deadline,
        _ duration: Duration
    ) async throws -> [Delivery] {
        do {
            let deliveries = try await client.send(records)
            if !offsets.isEmpty, let member {
                try await owner.run { [calls] in try calls.send(offsets, as: member, by: deadline) }
            }
            try Task.checkCancellation()
            if deadline.isOver {
                throw KafkaError.timedOut("transaction", "its records were not delivered within \(duration)")
            }
            return deliveries
        } catch {
            throw await aborted(because: error, within: duration)
        }
    }

    private func commit(within duration: Duration) async throws {
        do {
            try await owner.run { [calls] in try calls.commit(by: Deadline(within: duration)) }
        } catch let error as KafkaError where error.requiresAbort {
            throw await aborted(because: error, within: duration)
        } catch let error as KafkaError where !error.isFatal && error.kind != .closed {
            let unknown = error.fatal(
                "nobody knows whether the transaction counts; initialize a new producer under the same id "
                    + "and go on from the group's committed offsets")
            throw Ended(error: unknown, phase: .broken(unknown))
        }
    }

    /// Aborts after an error and returns what the caller gets to see.
    private func aborted(because cause: any Error, within duration: Duration) async -> Ended {
        var phase = Phase.ready
        do {
            if client.context.fatalError == nil { try await abort(within: duration) }
        } catch {
            client.context.logger.warning(
                "abort of a transaction failed; it is tried again before the next one",
                metadata: [KafkaLogKeys.error: "\(error)"])
            phase = .dirty
        }
        guard let fatal = client.context.fatalError else { return Ended(error: cause, phase: phase) }
        return Ended(error: fatal.during("transaction"), phase: .broken(fatal))
    }

    private func abort(within duration: Duration) async throws {
        try await owner.run { [calls] in try calls.abort(by: Deadline(within: duration)) }
    }

    // MARK: Phases

    /// - Returns: whether an abort is owed first.
    private func enter(_ offsets: [OffsetCommit], _ member: Membership?) throws -> Bool {
        let what = "transaction"
        try client.throwIfUnusable(what)
        if !offsets.isEmpty, member == nil {
            throw KafkaError.misuse(what, "offsets need the membership under which they were taken")
        }
        return try phase.withLock { phase in
            switch phase {
            case .new: throw KafkaError.misuse(what, "the producer is not initialized")
            case .busy: throw KafkaError.misuse(what, "another transaction is open; wait for its end")
            case .broken(let error): throw error.during(what)
            case .ready:
                phase = .busy
                return false
            case .dirty:
                phase = .busy
                return true
            }
        }
    }

    private func leave(_ next: Phase) {
        phase.withLock { $0 = next }
    }

    private var phaseAfterFailedAbort: Phase {
        client.context.fatalError.map { .broken($0) } ?? .dirty
    }
}
