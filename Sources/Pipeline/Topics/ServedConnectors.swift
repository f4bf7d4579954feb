import Flow
import Kafka
import Logging
import Registry
import Workers

/// Which connectors a role reads the topics of: those that it was started for, and users' own as they come.
///
/// A user's connector joins once its topics are there and fit for work; the others go on without it until then. While a
/// session runs none leaves: what is left of one that was deleted is read on.
struct ServedConnectors: Sendable {
    enum Side: Sendable {
        case triggers, actions
    }

    /// What a session subscribes to.
    struct Served: Sendable, Equatable {
        var ids: [String]
        /// By topic, as far as they were asked for.
        var partitionCounts: [String: Int] = [:]
    }

    let side: Side
    /// The role's own, by id; users' connectors may be among them.
    let named: [String]
    let takesOwn: Bool
    let role: RoleConfiguration
    let registry: RegistryReader
    let logger: Logger

    /// Brokers learn of new topics one after the other.
    private static let spread = Duration.seconds(1)

    /// For a session that begins.
    ///
    /// - Throws: `MissingTopics`, of a connector that ships.
    func first() async throws -> Served {
        let own = own()
        let fixed = named.filter { id in !own.contains { $0.id == id } }
        var served = Served(ids: fixed)
        if side == .triggers {
            served.partitionCounts = try await role.partitionCounts(
                of: fixed.map(role.topics.triggers), logger)
        }
        guard !own.isEmpty else { return served }
        do {
            let found = try await examine(own)
            served.add(own.filter { found.obstacles[$0.id] == nil }, found.counts)
        } catch {
            // They join when the brokers answer.
            logger.info("topics of users' connectors unknown", metadata: [LogKeys.error: "\(error)"])
        }
        return served
    }

    /// Tells of each connector that joins after that, until it is cancelled.
    func follow(_ first: Served, _ take: (Served) -> Void) async {
        let signal = ChangeSignal()
        let changes = registry.changes
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in changes { signal.changed() } }
            var served = first
            var told: [String: String] = [:]
            while !Task.isCancelled {
                let known = Set(served.ids)
                let new = own().filter { !known.contains($0.id) }
                let ready = await ready(new, &served, &told)
                if ready { take(served) }
                let (now, open) = (Set(served.ids), Set(new.map(\.id)).subtracting(served.ids))
                _ = await signal.wait(within: open.isEmpty ? .seconds(3600) : role.topicPause) {
                    Set(self.own().map(\.id)).subtracting(now) != open
                }
            }
            group.cancelAll()
        }
    }

    /// - Returns: whether one of them can be served now.
    private func ready(
        _ new: [ConnectorDefinition], _ served: inout Served, _ told: inout [String: String]
    ) async -> Bool {
        guard !new.isEmpty else { return false }
        let found: (counts: [String: Int], obstacles: [String: String])
        do {
            found = try await examine(new)
        } catch {
            logger.info("topics of users' connectors unknown", metadata: [LogKeys.error: "\(error)"])
            return false
        }
        for (id, obstacle) in found.obstacles.sorted(by: { $0.key < $1.key }) where told[id] != obstacle {
            told[id] = obstacle
            logger.warning(
                "connector not served yet",
                metadata: [LogKeys.connector: "\(id)", LogKeys.reason: "\(obstacle)"])
        }
        let ready = new.filter { found.obstacles[$0.id] == nil }
        guard !ready.isEmpty else { return false }
        try? await Task.sleep(for: Self.spread)  // cancelled = the session ends
        guard !Task.isCancelled else { return false }
        served.add(ready, found.counts)
        for connector in ready {
            logger.notice("connector joins", metadata: [LogKeys.connector: "\(connector.id)"])
        }
        return true
    }

    /// Users' connectors that the role is to serve, by id.
    private func own() -> [ConnectorDefinition] {
        registry.directory.connectors.values.filter { connector in
            (takesOwn || named.contains(connector.id))
                && !(side == .triggers ? connector.triggers.isEmpty : connector.actions.isEmpty)
        }.sorted { $0.id < $1.id }
    }

    // MARK: Topics

    /// What keeps connectors from being served, by id.
    private func examine(
        _ connectors: [ConnectorDefinition]
    ) async throws -> (counts: [String: Int], obstacles: [String: String]) {
        let plan = TopicPlan(role.topics, catalogue: Catalogue(connectors))
        let names = connectors.flatMap { topics(of: $0.id) }
        let (counts, settings) = try await TopicQuery.run(role.kafka, logger) { [logger] admin in
            let counts = try await admin.partitionCounts(of: names, within: .seconds(5))
            return (counts, await TopicQuery.knownSettings(of: counts.keys.sorted(), admin, logger))
        }
        let faults = plan.faults(settings: settings, counts: counts)
        var obstacles: [String: String] = [:]
        for connector in connectors {
            obstacles[connector.id] = obstacle(of: connector.id, counts, faults)
        }
        return (counts, obstacles)
    }

    private func obstacle(of id: String, _ counts: [String: Int], _ faults: [TopicFault]) -> String? {
        let needed = topics(of: id)
        let missing = needed.filter { counts[$0] == nil }
        if !missing.isEmpty { return MissingTopics(names: missing).description }
        if let fault = faults.first(where: { $0.isFatal && needed.contains($0.topic) }) {
            return "\(fault); put it right with: \(fault.remedy)"
        }
        guard Set(needed.map { counts[$0] }).count == 1 else {
            return needed.map { "\($0) has \(counts[$0] ?? 0) partitions" }.joined(separator: ", ")
                + "; give them the same number: a waiting run lies in the partition of its action"
        }
        return nil
    }

    private func topics(of id: String) -> [String] {
        switch side {
        case .triggers: [role.topics.triggers(id)]
        case .actions: [role.topics.actions(id), role.topics.waiting(id)]
        }
    }
}

extension ServedConnectors.Served {
    fileprivate mutating func add(_ connectors: [ConnectorDefinition], _ counts: [String: Int]) {
        ids += connectors.map(\.id)
        partitionCounts.merge(counts) { $1 }
    }
}
