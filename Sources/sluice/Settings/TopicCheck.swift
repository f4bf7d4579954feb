// Whether topics are there, before a command relies on them.

import Kafka
import Logging
import Pipeline

/// Asks the cluster once; an unreachable one is told of within seconds.
enum TopicCheck {
    static let bound = Duration.seconds(8)

    /// - Throws: `MissingTopics`.
    /// - Returns: the partition counts.
    @discardableResult
    static func run(_ topics: Set<String>, _ kafka: KafkaConfiguration, _ logger: Logger) async throws
        -> [String: Int]
    {
        try await TopicQuery.partitionCounts(of: topics.sorted(), kafka, within: bound, logger)
    }
}
