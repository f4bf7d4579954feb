import Flow
import Kafka
import Logging
import Registry
import ServiceLifecycle
import Workers

/// The matcher role: takes trigger events, finds the workflows that their stores run for them, and emits the first
/// actions, each batch in one transaction with its offsets.
package struct Matcher: Service, CustomStringConvertible {
    /// The lifecycle logs its services: the name will do, their settings and the catalogue are not for logs.
    package var description: String { "Matcher" }

    private let role: RoleConfiguration
    private let configuration: MatcherConfiguration
    private let registry: RegistryReader
    private let logger: Logger

    package init(
        role: RoleConfiguration, configuration: MatcherConfiguration, registry: RegistryReader,
        logger: Logger
    ) {
        self.role = role
        self.configuration = configuration
        self.registry = registry
        self.logger = logger
    }

    package func run() async throws {
        try await registry.ready(within: .seconds(60))
        try await role.runSessions("matcher", logger) { try await session($0) }
    }

    private func session(_ stop: SessionStop) async throws {
        let target = RebalanceTarget<MatcherSession>()
        let hooks = RebalanceHooks(
            assigned: { await target.value?.assigned($0) ?? [] },
            revoked: { await target.value?.revoked($0, lost: $1) },
            bound: RoleConfiguration.hookBound)
        let connectors = ServedConnectors(
            side: .triggers, named: configuration.connectors, takesOwn: configuration.takesOwn, role: role,
            registry: registry, logger: logger)
        let served = try await connectors.first()
        let writer = try await OutputWriter(
            role.kafka, mode: role.mode, transactionalID: role.transactionalID("matcher"),
            topics: role.topics, logger: logger)
        let reader: PartitionReader
        let consumer: Consumer
        do {
            reader = try PartitionReader(role.kafka, logger: logger)
            consumer = try Consumer(
                role.consumer(
                    group: role.topics.matcherGroup, role: "matcher",
                    topics: served.ids.map(role.topics.triggers), partitionEnds: true),
                hooks: hooks, logger: logger)
        } catch {
            await writer.close()
            throw error
        }
        let session = MatcherSession(
            configuration: configuration, topics: role.topics, served: served, registry: registry,
            consumer: consumer, reader: reader, writer: writer, logger: logger)
        target.set(session)
        let result = await withTaskGroup(of: Void.self, returning: Result<Void, any Error>.self) { group in
            group.addTask { await connectors.follow(served) { session.serve($0) } }
            let result: Result<Void, any Error>
            do {
                try await stop.whenStopping {
                    session.end()
                } while: {
                    try await session.run()
                }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            return result
        }
        await consumer.close()
        await reader.close()
        await writer.close()
        try result.get()
    }
}
