// Keeps the registry's topic as a directory in memory.

import Flow
import Kafka
import Logging
import ServiceLifecycle

/// Reads the registry from its beginning to its end and follows it from then on. Start it first and stop it last:
/// every other role reads its `directory`.
///
/// A record that can't be read is logged and skipped. Unreachable brokers are waited for; a topic that doesn't exist
/// ends the service.
package final class RegistryReader: Service, Sendable {
    /// Questions for a topic before it counts as missing: a topic that was made just now is not known everywhere.
    private static let topicTries = 5
    private static let topicPause = Duration.milliseconds(300)

    let configuration: RegistryConfiguration
    private let consumer: Consumer
    private let board: RegistryBoard
    private let logger: Logger

    /// - Parameter kinds: of which entities old versions are kept in memory, for a writer of such.
    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(
        _ configuration: RegistryConfiguration, historyOf kinds: Set<RegistryEntry.Kind> = [], logger: Logger
    ) throws {
        self.configuration = configuration
        self.logger = logger
        board = RegistryBoard(
            topic: configuration.topics.registry, historyOf: kinds, builtIn: configuration.builtIn)
        consumer = try Consumer(
            ConsumerConfiguration(
                kafka: configuration.kafka, partitionEnds: true, fetchWaitMax: configuration.fetchWaitMax),
            logger: logger)
    }

    /// The registry as far as it was read: all of it, once `ready` has returned.
    package var directory: Directory { board.directory }

    /// All connectors, users' own as far as they were read.
    package var catalogue: Catalogue { board.catalogue }

    /// Whether the registry was read to where its end was when the reader started.
    package var isReady: Bool { board.isReady }

    /// Tells of changes, those of the first reading included; several may come as one. Each call makes a stream of
    /// its own, which ends with the reader.
    package var changes: AsyncStream<Void> { board.changes() }

    var history: RegistryHistory? { board.history }

    /// Waits until the registry has been read once. The reader must be running.
    ///
    /// - Parameter limit: how long nothing may be read; a long registry may take longer.
    /// - Throws: `RegistryError`: the topic doesn't exist, no broker answered, or nothing came.
    package func ready(within limit: Duration) async throws {
        try await board.wait(within: limit) { $0.isReady }
    }

    /// Waits until everything is read that is in the topic at the time of the call.
    package func catchUp(within limit: Duration) async throws {
        let end: Int64
        do {
            end = try await consumer.watermarks(of: configuration.partition, within: limit).high
        } catch let error as KafkaError {
            throw translate(error)
        }
        try await reach(end, within: limit)
    }

    private func translate(_ error: KafkaError) -> any Error {
        switch error.kind {
        case .closed: RegistryError.readerEnded(topic: configuration.topics.registry)
        case .unknownTopic: RegistryError.topicMissing(configuration.topics.registry)
        case .unreachable, .timedOut: unreachable(error)
        default: error
        }
    }

    private func unreachable(_ error: KafkaError) -> RegistryError {
        .unreachable(servers: configuration.kafka.bootstrapServers, reason: error.description)
    }

    /// Waits until the records before an offset are read.
    func reach(_ offset: Int64, within limit: Duration) async throws {
        try await board.wait(within: limit) { $0.isReady && $0.position >= offset }
    }

    /// Reads until the service is shut down or cancelled.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.follow() }
            await end(nil)
        } catch is CancellationError {
            await end(nil)
        } catch {
            await end(error)
            throw error
        }
    }

    private func end(_ error: (any Error)?) async {
        board.end(error)
        await consumer.close()
    }

    private func follow() async throws {
        let (low, high) = try await firstEnd()
        try await consumer.assign([
            PartitionStart(topicPartition: configuration.partition, offset: .beginning)
        ])
        board.begin(at: low, end: high)
        while let batch = try await nextBatch() {
            for remark in board.take(batch) { log(remark) }
        }
    }

    /// The next batch; nil after the consumer's end. What doesn't end the consumer is logged.
    private func nextBatch() async throws -> ConsumerBatch? {
        while true {
            do {
                return try await consumer.next()
            } catch let error as KafkaError where !error.isFatal && !error.isLossOfPlace {
                logger.warning(
                    "registry not read for now",
                    metadata: [
                        RegistryLogKeys.topic: "\(configuration.topics.registry)",
                        RegistryLogKeys.reason: "\(error)",
                    ])
            }
        }
    }

    /// The topic's first offset and its end, asked for until a broker answers.
    private func firstEnd() async throws -> (low: Int64, high: Int64) {
        var misses = 0
        while true {
            do {
                return try await consumer.watermarks(
                    of: configuration.partition, within: configuration.queryLimit)
            } catch let error as KafkaError {
                if error.isFatal || error.kind == .closed { throw error }
                if error.kind == .unknownTopic {
                    misses += 1
                    if misses == Self.topicTries {
                        throw RegistryError.topicMissing(configuration.topics.registry)
                    }
                } else {
                    note(error)
                }
            }
            try await Task.sleep(for: Self.topicPause)
        }
    }

    private func note(_ error: KafkaError) {
        board.note(unreachable(error))
        logger.warning(
            "registry not reachable, asking again",
            metadata: [
                RegistryLogKeys.topic: "\(configuration.topics.registry)", RegistryLogKeys.reason: "\(error)",
            ])
    }

    private func log(_ remark: RegistryState.Remark) {
        logger.warning(
            "registry record skipped",
            metadata: [
                RegistryLogKeys.key: "\(remark.key.prefix(200))", RegistryLogKeys.offset: "\(remark.offset)",
                RegistryLogKeys.reason: "\(remark.reason)",
            ])
    }
}

extension KafkaError {
    /// The topic was emptied or made anew under the reader: what it holds is not what the topic says.
    fileprivate var isLossOfPlace: Bool {
        if case .offsetUnavailable = kind { true } else { kind == .closed }
    }
}
