// Whether topics are there, before a command relies on them.

import Kafka
import Logging
import Pipeline

/// Asks the cluster once; an unreachable one is told of within seconds.
enum TopicCheck {
    private static let bound = Duration.seconds(8)

    /// - Throws: `MissingTopics`.
    /// - Returns: the partition counts.
    @discardableResult
    static func run(_ topics: Set<String>, _ kafka: KafkaConfiguration, _ logger: Logger) async throws
        -> [String: Int]
    {
        let admin = try Admin(kafka, logger: logger)
        let counts: [String: Int]
        do {
            counts = try await admin.partitionCounts(of: Array(topics), within: bound)
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        let missing = topics.filter { counts[$0] == nil }.sorted()
        guard missing.isEmpty else { throw MissingTopics(names: missing) }
        return counts
    }
}
