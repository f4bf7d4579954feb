import Flow
import Kafka
import Logging
import Registry
import ServiceLifecycle
import Synchronization
import Workers

/// The clients of one sender session.
package struct SenderClients: Sendable {
    package let consumer: Consumer
    package let reader: PartitionReader
    package let writer: OutputWriter
}

/// The sender role: takes action records, carries the actions out in their keys' order, and settles them.
///
/// It runs sessions, one after the other. A session that failed for a passing reason (a lost assignment, an aborted
/// transaction, a broker that went away) is followed by another, which goes on from what was committed; a fenced
/// process ends.
package struct Sender: Service, CustomStringConvertible {
    /// The lifecycle logs its services: the name will do, their settings and the catalogue are not for logs.
    package var description: String { "Sender" }

    private let role: RoleConfiguration
    private let configuration: SenderConfiguration
    private let attempts: ActionAttempts
    private let registry: RegistryReader
    private let clock: SenderClock
    /// What is known of vendors' allowances and of endpoints, from one session to the next.
    private let gates: GatesOfSessions
    private let logger: Logger

    package init(
        role: RoleConfiguration, configuration: SenderConfiguration, attempts: ActionAttempts,
        registry: RegistryReader,
        clock: SenderClock, logger: Logger
    ) {
        self.role = role
        self.configuration = configuration
        self.attempts = attempts
        self.registry = registry
        self.clock = clock
        gates = GatesOfSessions(SendGates(configuration.gates))
        self.logger = logger
    }

    package func run() async throws {
        try await registry.ready(within: .seconds(60))
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Beside the sessions: a pause that one of them asks for outlives it.
            group.addTask { await self.writePauses() }
            defer { group.cancelAll() }
            try await role.runSessions("sender", logger) { try await session($0) }
        }
    }

    private func session(_ stop: SessionStop) async throws {
        let target = RebalanceTarget<SenderSession>()
        let hooks = RebalanceHooks(
            assigned: { await target.value?.assigned($0) ?? [] },
            revoked: { await target.value?.revoked($0, lost: $1) },
            bound: RoleConfiguration.hookBound)
        let writer = try await OutputWriter(
            role.kafka, mode: role.mode, transactionalID: role.transactionalID("sender"),
            topics: role.topics, logger: logger)
        let reader: PartitionReader
        let consumer: Consumer
        do {
            reader = try PartitionReader(role.kafka, logger: logger)
            consumer = try Consumer(
                role.consumer(group: role.topics.senderGroup, role: "sender", partitionEnds: true),
                hooks: hooks,
                logger: logger)
        } catch {
            await writer.close()
            throw error
        }
        let session = SenderSession(
            configuration: configuration, topics: role.topics, attempts: attempts, gates: gates.value,
            clients: SenderClients(consumer: consumer, reader: reader, writer: writer),
            partitionCounts: { await role.knownPartitionCounts(of: $0, logger) }, clock: clock, logger: logger
        )
        target.set(session)
        let result = await withTaskGroup(of: Void.self, returning: Result<Void, any Error>.self) { group in
            group.addTask { await self.follow(session) }
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
        gates.value = session.gates
        await consumer.close()
        await reader.close()
        await writer.close()
        try result.get()
    }

    /// Tells a session of connections and pauses that changed; other changes let nothing go that is held.
    private func follow(_ session: SenderSession) async {
        let changes = registry.changes
        var seen = registry.directory.holdChangeCount
        for await _ in changes {
            let directory = registry.directory
            if directory.holdChangeCount != seen { session.holdsChanged(directory.holdChanges(since: seen)) }
            seen = directory.holdChangeCount
        }
    }

    /// Writes the pauses that the flood guard asks for; until then they hold in this process.
    private func writePauses() async {
        for await pause in attempts.floods.asked {
            while !Task.isCancelled {
                do {
                    _ = try await RegistryEdit.apply(
                        RegistryConfiguration(kafka: role.kafka, topics: role.topics), logger: logger
                    ) { directory in
                        guard directory.pauses[pause.id] == nil else { return [] }
                        return [
                            RegistryChange(
                                kind: .pause, id: pause.id,
                                expectedVersion: directory.newest(.pause, pause.id)?.version ?? 0,
                                body: pause.body)
                        ]
                    }
                    // The process' own reader may be a moment behind.
                    try await registry.catchUp(within: .seconds(30))
                    attempts.floods.written(pause)
                    break
                } catch {
                    logger.warning(
                        "pause not written yet", metadata: [LogKeys.error: "\(error)"])
                    try? await Task.sleep(for: .seconds(5))  // cancelled = the process ends
                }
            }
        }
    }
}

/// What one session leaves to the next.
private final class GatesOfSessions: Sendable {
    private let state: Mutex<SendGates>

    init(_ gates: SendGates) { state = Mutex(gates) }

    var value: SendGates {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
