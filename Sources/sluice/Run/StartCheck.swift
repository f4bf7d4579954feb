import Flow
import Kafka
import Logging
import Pipeline

/// What a worker can check of its cluster before it begins: the topics it needs, that each action topic has as many
/// partitions as its waiting topic, since a waiting record lies in the partition of its action, and that what must be
/// compacted is.
struct StartCheck {
    let kafka: KafkaConfiguration
    let topics: Topics
    let catalogue: Catalogue
    let logger: Logger

    func run(_ roles: Set<Role>, _ settings: RoleSettings) async throws {
        var needed = [topics.registry, topics.runs, topics.dead]
        if roles.contains(.matcher) || roles.contains(.gateway) {
            needed += settings.matcher.connectors.map { topics.triggers($0) }
        }
        if roles.contains(.sender) {
            needed += settings.sender.connectors.flatMap { [topics.actions($0), topics.waiting($0)] }
        }
        let names = needed
        let (counts, found) = try await TopicQuery.run(kafka, logger) { admin in
            let counts = try await admin.partitionCounts()
            let missing = names.filter { counts[$0] == nil }
            guard missing.isEmpty else { throw MissingTopics(names: missing) }
            return (counts, await TopicQuery.knownSettings(of: names, admin, self.logger))
        }
        try check(TopicPlan(topics, catalogue: catalogue), found.filter { names.contains($0.key) }, counts)
        if roles.contains(.sender) { try checkPairs(settings.sender.connectors, counts) }
    }

    /// - Throws: for what would lose records; the rest is logged.
    func check(
        _ plan: TopicPlan, _ settings: [String: [String: String]], _ counts: [String: Int]
    ) throws(CommandError) {
        let faults = plan.faults(settings: settings, counts: counts)
        for fault in faults where !fault.isFatal {
            logger.warning(
                "topic setting wrong", metadata: ["reason": "\(fault); put it right with: \(fault.remedy)"])
        }
        let fatal = faults.filter(\.isFatal)
        guard let first = fatal.first else { return }
        throw .failed(
            fatal.count == 1
                ? "a topic is not as the workers need it"
                : "\(fatal.count) topics are not as the workers need them",
            do: first.remedy, details: fatal.map(\.description))
    }

    private func checkPairs(_ connectors: [String], _ counts: [String: Int]) throws(CommandError) {
        for connector in connectors {
            let (actions, waiting) = (counts[topics.actions(connector)], counts[topics.waiting(connector)])
            guard actions == waiting else {
                throw .failed(
                    "\(topics.actions(connector)) has \((actions ?? 0).counted("partition")) and \(topics.waiting(connector)) has \(waiting ?? 0)",
                    do: "give both the same number: a waiting run lies in the partition of its action")
            }
        }
    }
}
