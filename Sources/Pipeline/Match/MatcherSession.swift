import Flow
import Foundation
import Kafka
import Logging
import Metrics
import Registry
import Synchronization
import Workers

/// A matcher's work from joining its group until it leaves or has to begin anew.
///
/// Two loops: one reads and decides, the other writes what was decided with the offsets in one commit. While a commit
/// is under way the next batch is decided, and everything decided meanwhile goes into the next commit: under load
/// commits grow by themselves, and a lone event does not wait for company.
package final class MatcherSession: Sendable {
    private struct Board {
        var generation = 0
        var isRevoking = false
        var windows: [TopicPartition: DuplicateWindow<RunID>] = [:]
        var records: [ProducerRecord] = []
        var offsets: [TopicPartition: Int64] = [:]
        var isWriting = false

        var hasPending: Bool { !records.isEmpty || !offsets.isEmpty }
    }

    private let configuration: MatcherConfiguration
    private let topics: Topics
    private let catalogue: Catalogue
    private let registry: RegistryReader
    private let consumer: Consumer
    private let reader: PartitionReader
    private let writer: OutputWriter
    private let partitionCounts: [String: Int]
    private let logger: Logger
    private let board = Mutex(Board())
    private let changes = ChangeSignal()
    private let isEnding = Mutex(false)
    private let failure = Mutex<(any Error)?>(nil)

    package init(
        configuration: MatcherConfiguration, topics: Topics, catalogue: Catalogue, registry: RegistryReader,
        consumer: Consumer,
        reader: PartitionReader, writer: OutputWriter, partitionCounts: [String: Int], logger: Logger
    ) {
        self.configuration = configuration
        self.topics = topics
        self.catalogue = catalogue
        self.registry = registry
        self.consumer = consumer
        self.reader = reader
        self.writer = writer
        self.partitionCounts = partitionCounts
        self.logger = logger
    }

    /// Runs until `end` was called or something failed.
    package func run() async throws {
        try await consumer.subscribe(configuration.connectors.map { topics.triggers($0) })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.guarding { try await self.decide() } }
            group.addTask { await self.guarding { try await self.write() } }
            _ = await changes.wait(within: .seconds(Int64.max / 4)) { self.isOver }
            if failure.withLock({ $0 == nil }) { await settled() }
            isEnding.withLock { $0 = true }
            await consumer.close()
            group.cancelAll()
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    package func end() {
        isEnding.withLock { $0 = true }
        changes.changed()
    }

    private var isOver: Bool { isEnding.withLock { $0 } || failure.withLock { $0 != nil } }

    private func guarding(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch is CancellationError {
            // The session ends.
        } catch {
            failure.withLock { $0 = $0 ?? error }
            changes.changed()
        }
    }

    /// Waits until everything that was decided is committed.
    private func settled() async {
        _ = await changes.wait(within: .seconds(20)) {
            self.board.withLock { !$0.hasPending && !$0.isWriting } || self.failure.withLock { $0 != nil }
        }
    }

    // MARK: Deciding

    private func decide() async throws {
        while !isOver {
            _ = await changes.wait(within: .seconds(60)) {
                self.isOver || self.board.withLock { $0.records.count < self.configuration.batchRecords }
            }
            guard !isOver, let batch = try await consumer.next() else { return }
            let time = Date().formatted(.iso8601)
            let directory = registry.directory
            board.withLock { decide(batch, directory, time, &$0) }
            changes.changed()
        }
    }

    private func decide(_ batch: ConsumerBatch, _ directory: Directory, _ time: String, _ board: inout Board)
    {
        // A batch of an assignment that is over is read again by whoever has the partition now.
        guard batch.generation == board.generation, !board.isRevoking else { return }
        for record in batch.records {
            let partition = record.topicPartition
            guard let connector = topics.connector(ofTriggers: partition.topic) else { continue }
            let decision = TriggerDecision(
                for: record, connector: connector, partitionCount: partitionCounts[partition.topic] ?? 1,
                window: &board.windows[partition, default: emptyWindow], directory: directory,
                catalogue: catalogue,
                topics: topics, payloadLimit: configuration.payloadLimit, time: time)
            board.records += decision.records.map(\.producerRecord)
            board.offsets[partition] = record.offset + 1
            Counter(
                label: "sluice_events_total",
                dimensions: [("connector", connector), ("decision", decision.kind.rawValue)]
            ).increment()
        }
    }

    private var emptyWindow: DuplicateWindow<RunID> {
        DuplicateWindow(
            countLimit: configuration.duplicateIDs, ageLimit: configuration.duplicateAge.milliseconds)
    }

    // MARK: Writing

    private func write() async throws {
        while !Task.isCancelled {
            _ = await changes.wait(within: .seconds(60)) { self.board.withLock { $0.hasPending } }
            let (records, offsets) = board.withLock { board in
                defer {
                    board.records = []
                    board.offsets = [:]
                }
                board.isWriting = board.hasPending
                return (board.records, board.offsets)
            }
            guard !offsets.isEmpty else { continue }
            defer {
                board.withLock { $0.isWriting = false }
                changes.changed()
            }
            let commits = offsets.map {
                OffsetCommit(topicPartition: $0.key, offset: $0.value, metadata: nil)
            }
            _ = try await writer.write(records, offsets: commits, of: consumer)
            logger.debug("events matched", metadata: [LogKeys.records: "\(records.count)"])
        }
    }

    // MARK: Rebalance

    /// Re-reads each partition's tail into its duplicate window before a record of it is decided.
    package func assigned(_ partitions: [TopicPartition]) async -> [PartitionStart] {
        board.withLock {
            $0.generation += 1
            $0.isRevoking = false
        }
        do {
            let committed = Dictionary(
                try await consumer.committed(partitions, within: .seconds(30)).map {
                    ($0.topicPartition, $0.offset)
                },
                uniquingKeysWith: { _, last in last })
            for partition in partitions {
                guard let end = committed[partition], end > 0 else { continue }
                let window = try await window(of: partition, before: end)
                board.withLock { $0.windows[partition] = window }
            }
            return partitions.map { partition in
                PartitionStart(
                    topicPartition: partition, offset: committed[partition].map { .at($0) } ?? .beginning)
            }
        } catch {
            failure.withLock { $0 = $0 ?? error }
            changes.changed()
            return []
        }
    }

    private func window(of partition: TopicPartition, before end: Int64) async throws -> DuplicateWindow<
        RunID
    > {
        var window = emptyWindow
        guard let connector = topics.connector(ofTriggers: partition.topic) else { return window }
        let start = max(0, end - Int64(configuration.duplicateIDs))
        try await reader.read(partition, from: start, to: end, within: .seconds(60)) { records in
            for record in records {
                // A record that could not be used is no first copy.
                let event = try? TriggerDecision.event(
                    of: WireRecord(record), connector: connector, catalogue: catalogue,
                    payloadLimit: configuration.payloadLimit)
                if let event { _ = window.insert(event.identity.digest, at: record.timestamp) }
            }
        }
        return window
    }

    package func revoked(_ partitions: [TopicPartition], lost: Bool) async {
        board.withLock { $0.isRevoking = true }
        if !lost { await settled() }
        board.withLock { board in
            for partition in partitions {
                board.windows[partition] = nil
                board.offsets[partition] = nil
            }
            // Records of partitions that are lost belong to offsets that can't be committed any more.
            if board.windows.isEmpty || lost { board.records = [] }
        }
        changes.changed()
    }
}
