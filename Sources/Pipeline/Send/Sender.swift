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
    private let sessions: Sessions
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
        sessions = Sessions(SendGates(configuration.gates))
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
        let connectors = ServedConnectors(
            side: .actions, named: configuration.connectors, takesOwn: configuration.takesOwn, role: role,
            registry: registry, logger: logger)
        let served = try await connectors.first()
        let writer = try await OutputWriter(
            role.kafka, mode: role.mode, transactionalID: role.transactionalID("sender"),
            topics: role.topics, logger: logger)
        let reader: PartitionReader
        let consumer: Consumer
        do {
            reader = try PartitionReader(role.kafka, logger: logger)
            consumer = try Consumer(
                role.consumer(
                    group: role.topics.senderGroup, role: "sender",
                    topics: served.ids.map(role.topics.actions),
                    partitionEnds: true),
                hooks: hooks, logger: logger)
        } catch {
            await writer.close()
            throw error
        }
        let session = SenderSession(
            configuration: configuration, topics: role.topics, served: served.ids, attempts: attempts,
            gates: sessions.gates,
            clients: SenderClients(consumer: consumer, reader: reader, writer: writer),
            partitionCounts: { await role.knownPartitionCounts(of: $0, logger) }, clock: clock, logger: logger
        )
        target.set(session)
        sessions.began(session)
        let result = await withTaskGroup(of: Void.self, returning: Result<Void, any Error>.self) { group in
            group.addTask { await self.follow(session) }
            group.addTask { await connectors.follow(served) { session.serve($0.ids) } }
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
        sessions.ended(session)
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
            await untilDone(pause) {
                _ = try await RegistryEdit.apply(
                    RegistryConfiguration(kafka: role.kafka, topics: role.topics), logger: logger
                ) { directory, _ in
                    guard directory.pauses[pause.id] == nil else { return [] }
                    return [
                        RegistryChange(
                            kind: .pause, id: pause.id,
                            expectedVersion: directory.newest(.pause, pause.id)?.version ?? 0,
                            body: pause.body)
                    ]
                }
            }
            // The process' own reader may be a moment behind. Once written it is a person's: it is not written again.
            await untilDone(pause) { try await registry.catchUp(within: .seconds(30)) }
            attempts.floods.written(pause)
            // Somebody lifted it while it still held here: those that it held are told by nobody else.
            if registry.directory.pauses[pause.id] == nil {
                sessions.current?.holdsChanged([.pause(pause.id)])
            }
        }
    }

    private func untilDone(_ pause: Pause, _ work: () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                return try await work()
            } catch {
                logger.warning(
                    "pause not written yet",
                    metadata: [LogKeys.connector: "\(pause.name)", LogKeys.error: "\(error)"])
                try? await Task.sleep(for: .seconds(5))  // cancelled = the process ends
            }
        }
    }
}

/// The session that runs, and what one leaves to the next: what is known of vendors' allowances and of endpoints.
private final class Sessions: Sendable {
    private struct State {
        var gates: SendGates
        var current: SenderSession?
    }

    private let state: Mutex<State>

    init(_ gates: SendGates) { state = Mutex(State(gates: gates)) }

    var gates: SendGates { state.withLock { $0.gates } }
    var current: SenderSession? { state.withLock { $0.current } }

    func began(_ session: SenderSession) { state.withLock { $0.current = session } }

    func ended(_ session: SenderSession) {
        let gates = session.gates
        state.withLock { $0 = State(gates: gates) }
    }
}
