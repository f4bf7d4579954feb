import Kafka
import Logging

/// Asks the cluster about topics, with an administrative client of its own that lives as long as the question.
package enum TopicQuery {
    /// Runs the body with a client, and closes it.
    package static func run<Value: Sendable>(
        _ kafka: KafkaConfiguration, _ logger: Logger, _ body: (Admin) async throws -> Value
    ) async throws -> Value {
        let admin = try Admin(kafka, logger: logger)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(admin))
        } catch {
            result = .failure(error)
        }
        await admin.close()
        return try result.get()
    }

    /// A broker that doesn't answer administrative requests must not hold up a start.
    private static let settingsBound = Duration.seconds(5)

    /// The settings of topics, empty where the broker doesn't tell. At once so where it named no controller before.
    package static func knownSettings(
        of names: [String], _ admin: Admin, _ logger: Logger
    ) async -> [String: [String: String]] {
        await toldSettings(of: names, admin, logger).settings
    }

    /// The same with the reason, where nothing was told.
    package static func toldSettings(
        of names: [String], _ admin: Admin, _ logger: Logger
    ) async -> (settings: [String: [String: String]], obstacle: String?) {
        let obstacle: String
        do {
            guard try await !admin.hasController() else {
                return (try await admin.settings(of: names, within: settingsBound), nil)
            }
            obstacle = "there is no controller"
        } catch {
            obstacle = "\(error)"
        }
        logger.info("topic settings unknown", metadata: [LogKeys.reason: "\(obstacle)"])
        return ([:], obstacle)
    }

    /// How many partitions topics have that must be there.
    ///
    /// - Throws: `MissingTopics` with what to do; `KafkaError` when no broker answers.
    package static func partitionCounts(
        of names: [String], _ kafka: KafkaConfiguration, within bound: Duration = .seconds(10),
        _ logger: Logger
    ) async throws -> [String: Int] {
        let counts = try await run(kafka, logger) { try await $0.partitionCounts(of: names, within: bound) }
        let missing = names.filter { counts[$0] == nil }
        guard missing.isEmpty else { throw MissingTopics(names: missing) }
        return counts
    }
}
