import Kafka
import Logging
import Metrics
import Workers

/// Where a role's group goes on in its partitions.
package enum PartitionStarts {
    package struct Start: Sendable {
        package let partition: TopicPartition
        package let offset: Int64
        /// Of the commit, where there is one.
        package let metadata: String?
        /// The partition is another one than that which was committed: its offsets begin anew.
        package var isAnew = false
    }

    /// The group's committed offsets, or the first that is there. Where retention has overtaken the group, what is lost
    /// is told and counted, and reading goes on with what is left. A commit beyond the partition's end is of a topic that
    /// was there before this one: that is told, and all of it is read.
    package static func committed(
        of partitions: [TopicPartition], by consumer: Consumer, _ reader: PartitionReader, _ logger: Logger,
        within bound: Duration
    ) async throws -> [Start] {
        let commits: [OffsetCommit]
        do {
            commits = try await consumer.committed(partitions, within: bound)
        } catch let error as KafkaError where error.kind == .timedOut {
            throw UnknownCommits(bound: bound)
        }
        let committed = Dictionary(
            commits.map { ($0.topicPartition, $0) }, uniquingKeysWith: { _, last in last })
        var starts: [Start] = []
        for partition in partitions {
            let (low, high) = try await reader.watermarks(of: partition, within: bound)
            guard let commit = committed[partition] else {
                starts.append(Start(partition: partition, offset: low, metadata: nil))
                continue
            }
            guard !(low...high).contains(commit.offset) else {
                starts.append(
                    Start(partition: partition, offset: commit.offset, metadata: commit.metadata))
                continue
            }
            report(partition, commit.offset, low, logger)
            starts.append(
                Start(partition: partition, offset: low, metadata: nil, isAnew: commit.offset > high))
        }
        return starts
    }

    private static func report(
        _ partition: TopicPartition, _ committed: Int64, _ low: Int64, _ logger: Logger
    ) {
        let lost = max(0, low - committed)
        logger.error(
            lost > 0
                ? "retention has overtaken this group: records were removed before they were read"
                : "the committed offset lies beyond the partition's end: it is read from its beginning",
            metadata: [
                LogKeys.partition: "\(partition)", LogKeys.offset: "\(committed)", LogKeys.lost: "\(lost)",
            ])
        Counter(label: "sluice_overtaken_records_total", dimensions: [("topic", partition.topic)])
            .increment(by: lost)
    }
}

/// Brokers did not say where a group goes on. They keep it back, too, while a transaction is open that commits it: one that
/// nobody can end any more keeps it back for ever.
struct UnknownCommits: Error, CustomStringConvertible {
    let bound: Duration

    var description: String {
        "the brokers did not say within \(bound.components.seconds) s what this group has committed; where they answer "
            + "otherwise, a transaction hangs: kafka-transactions.sh find-hanging finds it, and abort ends it"
    }
}
