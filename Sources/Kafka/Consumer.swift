// Reads records, as a member of a group or on its own.

import Logging

/// A consumer. One thread of its own polls, buffers a bounded amount, and answers `next`.
///
/// Offsets are committed by the caller alone: with `commit`, or in a `TransactionalProducer`'s transaction.
package final class Consumer: Sendable {
    let loop: ConsumerLoop
    private let commits: BlockingQueue
    private let queries: BlockingQueue
    private let groupID: String?

    /// - Parameter hooks: what to do when the group hands out partitions; `nil` starts at the committed
    ///   offsets.
    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(_ configuration: ConsumerConfiguration, hooks: RebalanceHooks? = nil, logger: Logger) throws
    {
        try Self.check(configuration)
        loop = try ConsumerLoop(configuration, hooks: hooks, logger: logger)
        groupID = configuration.groupID
        commits = BlockingQueue("sluice.kafka.commits", isSerial: true)
        queries = BlockingQueue("sluice.kafka.queries", isSerial: false)
    }

    deinit {
        loop.stop()
    }

    /// Joins the group for these topics. May be called again with others.
    package func subscribe(_ topics: [String]) async throws {
        try requireGroup("subscription")
        try await loop.perform("subscription", inHook: false) { try $0.subscribe(topics) }
    }

    /// Reads these partitions, and no others, without the group's handing out. May be called again: batches
    /// of the assignment before are not delivered any more.
    package func assign(_ partitions: [PartitionStart]) async throws {
        let isCommitted = partitions.contains {
            $0.offset == .committed || $0.offset == .committedOrBeginning
        }
        if isCommitted { try requireGroup("start at committed offsets") }
        try await loop.perform("assignment", inHook: false) { try $0.assign(partitions) }
    }

    /// The next batch. One reader at a time makes sense: two would share the records between them.
    ///
    /// - Parameter duration: how long to wait; `nil` = for ever. An empty batch when it has passed (during a
    ///   rebalance, some time later).
    /// - Returns: `nil` after `close`.
    /// - Throws: `KafkaError`: fatal ones again at each call (`fenced` among them); of kind
    ///   `offsetUnavailable` when a partition can't go on; else what the group or the topic refuses, once
    ///   for each time it happens. Unreachable brokers are waited for, and logged. `CancellationError` when
    ///   the task is cancelled; no record is lost then.
    package func next(within duration: Duration? = nil) async throws -> ConsumerBatch? {
        try await loop.channel.next(within: duration)
    }

    /// Delivers nothing of these partitions after it returns, until they are resumed. Pausing discards what
    /// librdkafka has prefetched of them, so it is for seconds rather than milliseconds.
    ///
    /// - Throws: `KafkaError` of kind `rebalancing` for partitions that aren't assigned (any more).
    package func pause(_ partitions: [TopicPartition]) async throws {
        try await loop.perform("pause", inHook: true) { try $0.pause(partitions) }
    }

    package func resume(_ partitions: [TopicPartition]) async throws {
        try await loop.perform("resume", inHook: true) { try $0.resume(partitions) }
    }

    /// Goes on at another offset. Nothing that was read before the seek is delivered after it returns.
    package func seek(_ partition: TopicPartition, to offset: Int64) async throws {
        try await loop.perform("seek", inHook: true) { try $0.seek(partition, to: offset) }
    }

    /// This consumer's membership now; in the `assigned` hook, that of the new assignment.
    package func membership() throws -> Membership {
        try requireGroup("membership")
        return try Membership(of: self)
    }

    /// Commits and waits for the broker's answer. Commits happen one after the other.
    ///
    /// - Parameter member: the membership under which the records were taken; once the group has moved on, nothing
    ///   is committed. Nil = as whoever this consumer is now.
    /// - Throws: `KafkaError`, the first partition's that was refused; `rebalancing` when it came too late.
    package func commit(_ offsets: [OffsetCommit], as member: Membership? = nil) async throws {
        try requireGroup("commit")
        guard !offsets.isEmpty else { return }
        try await commits.run { [handle = loop.handle] in
            if let member, try !member.isCurrent() { throw KafkaError.rebalanced("commit") }
            try ConsumerQueries.commit(offsets, handle)
        }
    }

    /// The group's committed offsets; partitions without one are left out.
    package func committed(_ partitions: [TopicPartition], within duration: Duration) async throws
        -> [OffsetCommit]
    {
        try requireGroup("query of committed offsets")
        guard !partitions.isEmpty else { return [] }
        return try await queries.run { [handle = loop.handle] in
            try ConsumerQueries.committed(partitions, within: duration, handle)
        }
    }

    /// The first offset that is there, and where reading ends: with read_committed before the first open transaction,
    /// else at the offset that the next record will get.
    package func watermarks(
        of partition: TopicPartition, within duration: Duration
    ) async throws -> (low: Int64, high: Int64) {
        try await queries.run { [handle = loop.handle] in
            try ConsumerQueries.watermarks(of: partition, within: duration, handle)
        }
    }

    /// Leaves the group, with the `revoked` hook, and ends the consumer. `next` answers `nil` at once. May
    /// be called again, and from several tasks; all wait for the same end.
    package func close() async {
        await loop.close()
    }

    /// For tests: librdkafka's own way to bring a client into the state of a fatal error.
    func raiseFatalError() throws {
        try loop.raiseFatalError()
    }

    private func requireGroup(_ what: String) throws(KafkaError) {
        if groupID == nil { throw .misuse(what, "the consumer has no group; give it a group id") }
    }

    private static func check(_ configuration: ConsumerConfiguration) throws(KafkaError) {
        let what = "configuration of a consumer"
        if configuration.groupID?.isEmpty == true { throw .invalid(what, "the group id is empty") }
        if configuration.maxBatchRecords < 1 || configuration.maxBufferedRecords < 1
            || configuration.maxBatchBytes < 1 || configuration.maxBufferedBytes < 1
        {
            throw .invalid(what, "the limits of batches and buffers must be at least 1")
        }
        let strategy = configuration.kafka.properties["partition.assignment.strategy"] ?? "range"
        if strategy.contains("cooperative") {
            throw .invalid(
                what,
                "partition.assignment.strategy \(strategy) is not offered: this client rebalances eagerly, "
                    + "and cooperative rebalancing is faulty in librdkafka before 2.10; use range"
            )
        }
    }
}
