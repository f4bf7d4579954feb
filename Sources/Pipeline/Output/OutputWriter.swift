import Flow
import Kafka
import Logging
import Workers

/// Writes what a role made of its records, together with how far it came.
///
/// Exactly once: one transaction. At least once: records first, acknowledged, then the tombstones of what they replace,
/// then the offsets. In both forms records keep their order and nothing is committed that was not written.
package final class OutputWriter: Sendable {
    private enum Client: Sendable {
        case transactional(TransactionalProducer)
        case acknowledged(Producer)
    }

    /// The broker aborts a transaction that takes longer. Until then a process that died without a successor under its
    /// name holds back whoever reads what it wrote.
    private static let transactionLimit = Duration.seconds(20)
    /// For the records, and once more for the commit or abort: together within the limit, so that our abort comes
    /// before the broker's.
    private static let bound = Duration.seconds(8)
    private let client: Client
    private let refusals: WriteRefusals
    /// A producer has one transaction at a time.
    private let access = ExclusiveAccess()

    /// - Parameters:
    ///   - transactionalID: prefix, role and instance; the same after a restart.
    package init(
        _ kafka: KafkaConfiguration, mode: DeliveryMode, transactionalID: String, topics: Topics,
        logger: Logger
    ) async throws {
        refusals = WriteRefusals(kafka: kafka, topics: topics, logger: logger)
        switch mode {
        case .exactlyOnce:
            let producer = try TransactionalProducer(
                kafka, transactionalID: transactionalID, transactionTimeout: Self.transactionLimit,
                logger: logger)
            do {
                // A predecessor's open transaction is waited for, which can take its whole time-out.
                try await producer.initialize(within: .seconds(60))
            } catch {
                await producer.close(within: .zero)
                throw error
            }
            client = .transactional(producer)
        case .atLeastOnce:
            client = .acknowledged(try Producer(kafka, logger: logger))
        }
    }

    /// - Parameter member: the membership under which the offsets' records were taken.
    /// - Returns: one delivery for each record.
    /// - Throws: what the producer or the commit refused; with exactly-once nothing counts then.
    package func write(
        _ records: [ProducerRecord], offsets: [OffsetCommit] = [], as member: Membership? = nil
    ) async throws -> [Delivery] {
        try await access.run {
            var writes = records
            var deliveries = [Delivery?](repeating: nil, count: records.count)
            while true {
                do {
                    try await attempt(writes, &deliveries, offsets, member)
                    return deliveries.prefix(records.count).compactMap { $0 }
                } catch let refused as Refused {
                    // What Kafka refuses once it would refuse for ever, and the partition would stand still.
                    guard let others = await refusals.instead(of: writes, refused.refusals) else {
                        throw refused.error
                    }
                    deliveries += Array(repeating: nil, count: others.count - writes.count)
                    writes = others
                }
            }
        }
    }

    /// Some records were refused.
    private struct Refused: Error {
        let error: SendError
        let refusals: [WriteRefusals.Refusal]

        /// - Parameter places: of the records that were sent, among all.
        init(_ error: SendError, places: [Int]) {
            self.error = error
            refusals = error.failures.filter { !$0.error.isConsequence }.map {
                WriteRefusals.Refusal(index: places[$0.index], error: $0.error)
            }
        }
    }

    private func attempt(
        _ records: [ProducerRecord], _ deliveries: inout [Delivery?], _ offsets: [OffsetCommit],
        _ member: Membership?
    ) async throws {
        switch client {
        case .transactional(let producer):
            let began = ContinuousClock.now
            do {
                deliveries = try await producer.transaction(
                    records, offsets: offsets, as: member, within: Self.bound)
            } catch let error as SendError {
                throw Refused(error, places: Array(records.indices))
            } catch let error as KafkaError where error.kind == .fenced {
                // Beyond its time-out the broker ends a transaction in the way in which it fences a namesake.
                guard ContinuousClock.now - began > Self.transactionLimit - .seconds(1) else { throw error }
                throw TransactionExpired(after: ContinuousClock.now - began)
            }
        case .acknowledged(let producer):
            try await Self.send(records, &deliveries, by: producer)
            if !offsets.isEmpty, let member { try await member.consumer.commit(offsets, as: member) }
        }
    }

    /// Sends what is not acknowledged yet. Tombstones go last, when what their runs became is acknowledged: a crash in
    /// between then repeats a run, and loses none. One that a newer record of its key follows keeps its place before that.
    private static func send(
        _ records: [ProducerRecord], _ deliveries: inout [Delivery?], by producer: Producer
    ) async throws {
        let open = records.indices.filter { deliveries[$0] == nil }
        let isLast = lastTombstones(records)
        for places in [open.filter { !isLast[$0] }, open.filter { isLast[$0] }] where !places.isEmpty {
            do {
                for (place, delivery) in zip(places, try await producer.send(places.map { records[$0] })) {
                    deliveries[place] = delivery
                }
            } catch let error as SendError {
                for (place, delivery) in zip(places, error.deliveries) { deliveries[place] = delivery }
                throw Refused(error, places: places)
            }
        }
    }

    /// Which records are tombstones that no record of the same key follows.
    package static func lastTombstones(_ records: [ProducerRecord]) -> [Bool] {
        struct Place: Hashable {
            let topic: String
            let partition: Int32?
            let key: [UInt8]?
        }
        var isLast = [Bool](repeating: false, count: records.count)
        var followed: Set<Place> = []
        for (index, record) in records.enumerated().reversed() {
            let place = Place(topic: record.topic, partition: record.partition, key: record.key)
            if record.value != nil {
                followed.insert(place)
            } else {
                isLast[index] = !followed.contains(place)
            }
        }
        return isLast
    }

    /// Whether everything that one call writes becomes visible together, or not at all.
    package var isTransactional: Bool {
        if case .transactional = client { true } else { false }
    }

    package func close() async {
        switch client {
        case .transactional(let producer): await producer.close(within: .seconds(5))
        case .acknowledged(let producer): await producer.close(within: .seconds(5))
        }
    }
}

/// The broker took longer than a transaction may. The next session begins with a new producer.
struct TransactionExpired: Error, CustomStringConvertible {
    let after: Duration
    var description: String {
        "the broker ended a transaction that took \(after.components.seconds) s; is the cluster overloaded?"
    }
}
