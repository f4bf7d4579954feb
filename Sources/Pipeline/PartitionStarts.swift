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
    }

    /// The group's committed offsets, or the first that is there. Where retention has overtaken the group, what is lost
    /// is told and counted, and reading goes on with what is left.
    package static func committed(
        of partitions: [TopicPartition], by consumer: Consumer, _ reader: PartitionReader, _ logger: Logger,
        within bound: Duration
    ) async throws -> [Start] {
        let committed = Dictionary(
            try await consumer.committed(partitions, within: bound).map { ($0.topicPartition, $0) },
            uniquingKeysWith: { _, last in last })
        var starts: [Start] = []
        for partition in partitions {
            let low = try await reader.watermarks(of: partition, within: bound).low
            let commit = committed[partition]
            if let commit, commit.offset < low { report(partition, from: commit.offset, to: low, logger) }
            starts.append(
                Start(
                    partition: partition, offset: max(commit?.offset ?? low, low),
                    metadata: commit.flatMap { $0.offset >= low ? $0.metadata : nil }))
        }
        return starts
    }

    private static func report(_ partition: TopicPartition, from: Int64, to: Int64, _ logger: Logger) {
        logger.error(
            "retention has overtaken this group: records were removed before they were read",
            metadata: [
                LogKeys.partition: "\(partition)", LogKeys.offset: "\(from)", LogKeys.lost: "\(to - from)",
            ])
        Counter(label: "sluice_overtaken_records_total", dimensions: [("topic", partition.topic)])
            .increment(by: to - from)
    }
}
