import Flow
import Kafka
import Logging
import ServiceLifecycle
import Synchronization

/// What every role that reads from Kafka needs to know.
package struct RoleConfiguration: Sendable {
    package var kafka: KafkaConfiguration
    package var topics: Topics
    package var mode: DeliveryMode
    /// A stable name of this process, so that a restart takes its partitions and transactions over at once; nil = a
    /// member that comes and goes.
    package var instance: String?
    package var sessionTimeout: Duration
    package var fetchWait: Duration
    /// How often topics of users' connectors are looked for that were not there.
    package var topicPause: Duration

    package init(
        kafka: KafkaConfiguration, topics: Topics, mode: DeliveryMode, instance: String?,
        sessionTimeout: Duration = .seconds(10), fetchWait: Duration = .milliseconds(100),
        topicPause: Duration = .seconds(10)
    ) {
        self.kafka = kafka
        self.topics = topics
        self.mode = mode
        self.instance = instance
        self.sessionTimeout = sessionTimeout
        self.fetchWait = fetchWait
        self.topicPause = topicPause
    }

    private static let randomName = String(UInt64.random(in: .min ... .max), radix: 36)

    package func transactionalID(_ role: String) -> String {
        "\(topics.prefix).\(role).\(instance ?? Self.randomName)"
    }

    /// For what a role does when partitions come or go; within Kafka's five minutes between polls.
    static let hookBound = Duration.seconds(240)

    /// - Parameter topics: what the member subscribes to at first. A static member that comes back is given what it had,
    ///   without a rebalance and whatever it subscribes to now (KAFKA-12759, open in 2026-11): nobody would read the new
    ///   topics. So a member with other topics is another member.
    package func consumer(
        group: String, role: String, topics: [String], partitionEnds: Bool
    ) -> ConsumerConfiguration {
        ConsumerConfiguration(
            kafka: kafka, groupID: group,
            groupInstanceID: instance.map { "\($0)-\(role)-\(Self.fingerprint(of: topics))" },
            sessionTimeout: sessionTimeout, partitionEnds: partitionEnds, fetchWaitMax: fetchWait)
    }

    /// The same for the same topics in every process and version (FNV-1a).
    static func fingerprint(of topics: [String]) -> String {
        let text = topics.sorted().joined(separator: ",")
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }

    /// How many partitions topics have; asked once per session.
    ///
    /// - Throws: `MissingTopics` with what to do.
    package func partitionCounts(of names: [String], _ logger: Logger) async throws -> [String: Int] {
        try await TopicQuery.partitionCounts(of: names, kafka, logger)
    }

    /// The same, of those topics that are there; nothing when nobody answers in time.
    package func knownPartitionCounts(of names: [String], _ logger: Logger) async -> [String: Int] {
        do {
            return try await TopicQuery.run(kafka, logger) {
                try await $0.partitionCounts(of: names, within: .seconds(5))
            }
        } catch {
            logger.warning("numbers of partitions not known", metadata: [LogKeys.error: "\(error)"])
            return [:]
        }
    }

    /// Runs sessions until the process is told to stop. After a passing failure the next one begins, at once the first
    /// time and then after a growing pause; a fatal one is thrown.
    package func runSessions(
        _ role: String, _ logger: Logger, _ session: @escaping @Sendable (SessionStop) async throws -> Void
    ) async throws {
        let stop = SessionStop()
        try await withGracefulShutdownHandler {
            var failures = 0
            while !stop.isStopping {
                let began = ContinuousClock.now
                do {
                    try await session(stop)
                    // Where the process ends for another's failure, no session may begin: it would fence a successor.
                    try Task.checkCancellation()
                    failures = 0
                } catch let error as KafkaError where error.kind == .fenced {
                    throw error
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    if ContinuousClock.now - began > .seconds(60) { failures = 0 }
                    let pause = failures == 0 ? .zero : Duration.seconds(min(1 << min(failures, 5), 30))
                    failures += 1
                    logger.error(
                        "\(role) session ended, beginning anew",
                        metadata: [LogKeys.error: "\(error)", LogKeys.pause: "\(pause.milliseconds)"])
                    await stop.pause(pause)
                }
            }
        } onGracefulShutdown: {
            stop.stop()
        }
    }
}

/// Tells a session that its process is to stop.
package final class SessionStop: Sendable {
    private struct State {
        var isStopping = false
        var handler: (@Sendable () -> Void)?
        var pause: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    package var isStopping: Bool { state.withLock { $0.isStopping } }

    package func stop() {
        let (handler, pause) = state.withLock { state in
            state.isStopping = true
            defer { (state.handler, state.pause) = (nil, nil) }
            return (state.handler, state.pause)
        }
        handler?()
        pause?.resume()
    }

    /// Runs a session; when the process stops, or is stopping already, `handler` is called once.
    package func whenStopping(
        _ handler: @escaping @Sendable () -> Void, while body: () async throws -> Void
    ) async throws {
        let isStopping = state.withLock { state in
            state.handler = handler
            return state.isStopping
        }
        if isStopping { handler() }
        defer { state.withLock { $0.handler = nil } }
        try await body()
    }

    /// Waits, or returns early when the process stops.
    package func pause(_ duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: duration) }  // cancelled = the process stops
            group.addTask { await self.stopped() }
            await group.next()
            group.cancelAll()
        }
    }

    private func stopped() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isStopping, !Task.isCancelled else { return true }
                    state.pause = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.pause = nil }
                return state.pause
            }?.resume()
        }
    }
}

/// Where a consumer's hooks find the session that they belong to: the session needs the consumer first.
package final class RebalanceTarget<Session: AnyObject & Sendable>: Sendable {
    private let content = Mutex<Session?>(nil)

    package init() {}

    package var value: Session? { content.withLock { $0 } }

    package func set(_ session: Session) { content.withLock { $0 = session } }
}
