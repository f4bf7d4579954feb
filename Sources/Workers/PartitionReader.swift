import Kafka
import Logging

/// Reads stretches of partitions outside any group: tails to remember, changelogs to rebuild from, records again.
///
/// One reading at a time; callers wait for each other. Nothing is committed.
package final class PartitionReader: Sendable {
    /// What to read of a partition: from an offset up to `end`, or up to where the partition ends at this moment.
    package struct Stretch: Sendable {
        package let partition: TopicPartition
        package let start: Int64
        package let end: Int64?
        /// A start beyond the partition's end is of a topic that was there before this one: all of it is read.
        package let isAnewBeyondEnd: Bool

        package init(
            _ partition: TopicPartition, from start: Int64, to end: Int64? = nil,
            isAnewBeyondEnd: Bool = false
        ) {
            self.partition = partition
            self.start = start
            self.end = end
            self.isAnewBeyondEnd = isAnewBeyondEnd
        }

        /// What of it is there.
        func range(low: Int64, high: Int64) -> (start: Int64, end: Int64) {
            let start = isAnewBeyondEnd && start > high ? low : max(start, low)
            return (start, min(end ?? high, high))
        }
    }

    package enum Failure: Error, CustomStringConvertible {
        case timedOut(TopicPartition, Duration)
        case closed
        case gone(TopicPartition, offset: Int64)

        package var description: String {
            switch self {
            case .timedOut(let partition, let bound):
                "nothing came of \(partition) for \(bound.components.seconds) s; is the broker reachable?"
            case .closed: "the reader is closed"
            case .gone(let partition, let offset): "the record \(partition)@\(offset) is not there any more"
            }
        }
    }

    private let consumer: Consumer
    /// Asked for the ends of partitions: to a reader of committed records a broker tells only where the first open
    /// transaction begins.
    private let ends: Consumer
    private let access = ExclusiveAccess()

    package init(_ kafka: KafkaConfiguration, logger: Logger) throws {
        consumer = try Consumer(
            ConsumerConfiguration(
                kafka: kafka, offsetReset: .earliest, partitionEnds: true, minPrefetchedRecords: 10_000,
                fetchWaitMax: .milliseconds(5)), logger: logger)
        ends = try Consumer(
            ConsumerConfiguration(kafka: kafka, isolation: .readUncommitted), logger: logger)
    }

    package func close() async {
        await consumer.close()
        await ends.close()
    }

    /// The first offset that is there, and the one that the next record will get, open transactions included.
    package func watermarks(
        of partition: TopicPartition, within bound: Duration
    ) async throws -> (low: Int64, high: Int64) {
        try await ends.watermarks(of: partition, within: bound)
    }

    /// Hands over the records of all stretches in batches, each partition's in order.
    ///
    /// A transaction that is open now is waited for: its records may be of a predecessor that has just committed.
    ///
    /// - Parameter bound: how long nothing may come before it is given up.
    /// - Returns: up to where each partition was read.
    @discardableResult
    package func read(
        _ stretches: [Stretch], within bound: Duration, _ body: ([ConsumedRecord]) -> Void
    ) async throws -> [TopicPartition: Int64] {
        try await stream(stretches, within: bound) { records in
            body(records)
            return true
        }
    }

    /// The same for a body that takes its time: no more is read meanwhile than the reader's buffer holds. Nobody else
    /// can read until it is done.
    ///
    /// - Parameter body: returns false where it wants no more.
    /// - Returns: up to where each partition was to be read.
    @discardableResult
    package func stream(
        _ stretches: [Stretch], within bound: Duration, _ body: ([ConsumedRecord]) async throws -> Bool
    ) async throws -> [TopicPartition: Int64] {
        try await access.run {
            var all: [TopicPartition: Int64] = [:]
            var ends: [TopicPartition: Int64] = [:]
            var starts: [PartitionStart] = []
            for stretch in stretches {
                let (low, high) = try await watermarks(of: stretch.partition, within: bound)
                let (start, end) = stretch.range(low: low, high: high)
                all[stretch.partition] = end
                guard end > start else { continue }
                ends[stretch.partition] = end
                starts.append(PartitionStart(topicPartition: stretch.partition, offset: .at(start)))
            }
            guard !starts.isEmpty else { return all }
            try await consumer.assign(starts)
            do {
                // Partitions that are read to their ends may go on to give, which is no progress of the others.
                var progress = ContinuousClock.now
                while let open = ends.keys.first {
                    guard let batch = try await consumer.next(within: bound) else { throw Failure.closed }
                    let before = ends.count
                    let wanted = batch.records.filter { $0.offset < ends[$0.topicPartition] ?? 0 }
                    if !wanted.isEmpty, try await !body(wanted) { break }
                    Self.settle(&ends, by: batch)
                    if !wanted.isEmpty || ends.count < before { progress = .now }
                    guard ContinuousClock.now - progress < bound else { throw Failure.timedOut(open, bound) }
                }
            } catch {
                try? await consumer.assign([])  // the error that ended the reading tells more
                throw error
            }
            try await consumer.assign([])
            return all
        }
    }

    /// Takes out the partitions that are read to their ends. The last offsets may be markers of transactions, which
    /// come as no record, so that only the partition's end tells.
    private static func settle(_ ends: inout [TopicPartition: Int64], by batch: ConsumerBatch) {
        for record in batch.records {
            if let end = ends[record.topicPartition], record.offset + 1 >= end {
                ends[record.topicPartition] = nil
            }
        }
        for reached in batch.ends {
            if let end = ends[reached.topicPartition], reached.offset >= end {
                ends[reached.topicPartition] = nil
            }
        }
    }

    /// Beyond so many offsets between two wanted records, the next is sought instead of read on to.
    private static let gap: Int64 = 2_000

    /// Records of one partition again, by their offsets; in their order.
    ///
    /// - Throws: `Failure.gone` for the first that is not there any more.
    package func records(
        at offsets: [Int64], of partition: TopicPartition, within bound: Duration
    ) async throws -> [ConsumedRecord] {
        try await access.run {
            var found: [ConsumedRecord] = []
            var wanted = offsets.sorted()[...]
            do {
                while let first = wanted.first {
                    try await consumer.assign([PartitionStart(topicPartition: partition, offset: .at(first))])
                    try await collect(&wanted, of: partition, from: first, within: bound, &found)
                }
            } catch {
                try? await consumer.assign([])  // the error that ended the reading tells more
                throw error
            }
            try await consumer.assign([])
            return found
        }
    }

    /// Reads on from `start` while the next wanted record is near.
    private func collect(
        _ wanted: inout ArraySlice<Int64>, of partition: TopicPartition, from start: Int64,
        within bound: Duration, _ found: inout [ConsumedRecord]
    ) async throws {
        var position = start
        while let next = wanted.first, next - position <= Self.gap {
            guard let batch = try await consumer.next(within: bound) else { throw Failure.closed }
            // An end without the record: its transaction's marker is still on its way.
            guard !batch.isEmpty else { throw Failure.timedOut(partition, bound) }
            for record in batch.records {
                position = record.offset + 1
                guard let offset = wanted.first else { return }
                if record.offset == offset {
                    found.append(record)
                    wanted.removeFirst()
                } else if record.offset > offset {
                    throw Failure.gone(partition, offset: offset)
                }
            }
        }
    }
}
