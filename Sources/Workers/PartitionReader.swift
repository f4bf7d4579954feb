import Kafka
import Logging

/// Reads a stretch of partitions outside any group: a tail to remember, a changelog to rebuild from, one record again.
///
/// One stretch at a time; callers wait for each other. Nothing is committed.
package final class PartitionReader: Sendable {
    package enum Failure: Error, CustomStringConvertible {
        case timedOut(TopicPartition, Duration)
        case closed
        case gone(TopicPartition, offset: Int64)

        package var description: String {
            switch self {
            case .timedOut(let partition, let bound):
                "reading \(partition) took longer than \(bound.components.seconds) s; is the broker reachable?"
            case .closed: "the reader is closed"
            case .gone(let partition, let offset): "the record \(partition)@\(offset) is not there any more"
            }
        }
    }

    private let consumer: Consumer
    private let access = ExclusiveAccess()

    package init(
        _ kafka: KafkaConfiguration, isolation: ConsumerConfiguration.Isolation = .readCommitted,
        logger: Logger
    ) throws {
        let configuration = ConsumerConfiguration(
            kafka: kafka, isolation: isolation, offsetReset: .earliest, partitionEnds: true,
            minPrefetchedRecords: 10_000, fetchWaitMax: .milliseconds(5))
        consumer = try Consumer(configuration, logger: logger)
    }

    package func close() async {
        await consumer.close()
    }

    package func watermarks(
        of partition: TopicPartition, within bound: Duration
    ) async throws -> (low: Int64, high: Int64) {
        try await consumer.watermarks(of: partition, within: bound)
    }

    /// Hands over the records of a partition in batches, from an offset up to `end`, or up to where the partition ends
    /// at this moment.
    ///
    /// With read_committed a transaction that is open now is waited for: the end is the high watermark, not the last
    /// stable offset.
    package func read(
        _ partition: TopicPartition, from start: Int64, to end: Int64? = nil, within bound: Duration,
        _ body: ([ConsumedRecord]) -> Void
    ) async throws {
        try await access.run {
            let (low, high) = try await consumer.watermarks(of: partition, within: bound)
            let start = max(start, low)
            guard min(end ?? high, high) > start else { return }
            try await consumer.assign([PartitionStart(topicPartition: partition, offset: .at(start))])
            let deadline = ContinuousClock.now + bound
            var isOver = false
            while !isOver {
                guard let batch = try await consumer.next(within: bound) else { throw Failure.closed }
                body(end.map { end in batch.records.filter { $0.offset < end } } ?? batch.records)
                // Only the end of the partition is sure: the last offsets may be markers of transactions.
                isOver = batch.ends.contains { $0.offset >= min(end ?? high, high) }
                if let end, let last = batch.records.last, last.offset + 1 >= end { isOver = true }
                guard isOver || ContinuousClock.now < deadline else {
                    throw Failure.timedOut(partition, bound)
                }
            }
            try await consumer.assign([])
        }
    }

    /// One record again.
    package func record(
        at offset: Int64, of partition: TopicPartition, within bound: Duration
    ) async throws -> ConsumedRecord {
        try await access.run {
            try await consumer.assign([PartitionStart(topicPartition: partition, offset: .at(offset))])
            guard let batch = try await consumer.next(within: bound) else { throw Failure.closed }
            try await consumer.assign([])
            guard let record = batch.records.first, record.offset == offset else {
                throw Failure.gone(partition, offset: offset)
            }
            return record
        }
    }
}
