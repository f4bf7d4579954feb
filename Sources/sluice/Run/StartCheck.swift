import Flow
import Kafka
import Logging
import Pipeline

/// What a worker can check of its cluster before it begins: the topics it needs, and that each action topic has as many
/// partitions as its waiting topic, since a waiting record lies in the partition of its action.
struct StartCheck {
    let kafka: KafkaConfiguration
    let topics: Topics
    let logger: Logger

    func run(_ roles: Set<Role>, _ settings: RoleSettings) async throws {
        let admin = try Admin(kafka, logger: logger)
        let counts: [String: Int]
        do {
            counts = try await admin.partitionCounts()
        } catch {
            await admin.close()
            throw error
        }
        await admin.close()
        var needed = [topics.registry, topics.runs, topics.dead]
        if roles.contains(.matcher) { needed += settings.matcher.connectors.map { topics.triggers($0) } }
        if roles.contains(.sender) {
            needed += settings.sender.connectors.flatMap { [topics.actions($0), topics.waiting($0)] }
        }
        let missing = needed.filter { counts[$0] == nil }
        guard missing.isEmpty else { throw MissingTopics(names: missing) }
        guard roles.contains(.sender) else { return }
        for connector in settings.sender.connectors {
            let (actions, waiting) = (counts[topics.actions(connector)], counts[topics.waiting(connector)])
            guard actions == waiting else {
                throw CommandError.failed(
                    "\(topics.actions(connector)) has \(actions ?? 0) partitions and \(topics.waiting(connector)) has \(waiting ?? 0)",
                    do: "give both the same number: a waiting run lies in the partition of its action")
            }
        }
    }
}
