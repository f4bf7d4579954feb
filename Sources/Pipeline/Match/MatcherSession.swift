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
    private let configuration: MatcherConfiguration
    private let topics: Topics
    private let registry: RegistryReader
    private let consumer: Consumer
    private let reader: PartitionReader
    private let writer: OutputWriter
    private let logger: Logger
    private let board = Mutex(MatchBoard())
    private let changes = ChangeSignal()
    private let subscription: TopicSubscription
    private let partitionCounts: Mutex<[String: Int]>
    private let isEnding = Mutex(false)
    private let failure = Mutex<(any Error)?>(nil)

    init(
        configuration: MatcherConfiguration, topics: Topics, served: ServedConnectors.Served,
        registry: RegistryReader, consumer: Consumer, reader: PartitionReader, writer: OutputWriter,
        logger: Logger
    ) {
        self.configuration = configuration
        self.topics = topics
        subscription = TopicSubscription(served.ids.map(topics.triggers))
        partitionCounts = Mutex(served.partitionCounts)
        self.registry = registry
        self.consumer = consumer
        self.reader = reader
        self.writer = writer
        self.logger = logger
    }

    /// Runs until `end` was called or something failed.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.guarding { try await self.subscription.run(self.consumer) { self.isOver } }
            }
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

    /// More connectors' topics are there.
    func serve(_ connectors: ServedConnectors.Served) {
        partitionCounts.withLock { $0 = connectors.partitionCounts }
        subscription.widen(to: connectors.ids.map(topics.triggers))
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

    /// Records that are decided before the writer gets a turn.
    private static let turn = 100

    private func decide() async throws {
        while !isOver {
            guard let batch = try await consumer.next() else { return }
            var rest = batch.records[...]
            repeat {
                let hasRoom = await changes.wait(within: .seconds(60)) { self.isOver || self.hasRoom }
                guard !isOver else { return }
                guard hasRoom else { continue }
                let turn = rest.prefix(Self.turn)
                rest = rest.dropFirst(Self.turn)
                let isCurrent = try decide(turn, ends: rest.isEmpty ? batch.ends : [], batch.generation)
                changes.changed()
                // A batch of an assignment that is over is read again by whoever has the partition now.
                if !isCurrent { break }
            } while !rest.isEmpty
        }
    }

    private var hasRoom: Bool {
        board.withLock {
            $0.records.count < configuration.batchRecords && $0.byteCount < configuration.batchBytes
        }
    }

    /// - Returns: false where the records' assignment is over.
    /// - Throws: `UnpreparedAssignment` where the consumer went on without waiting for the windows.
    private func decide(_ records: ArraySlice<ConsumedRecord>, ends: [PartitionEnd], _ generation: Int) throws
        -> Bool
    {
        let directory = registry.directory
        let now = Date()
        return try board.withLock { board in
            guard generation == board.generation, !board.isRevoking else { return false }
            guard records.allSatisfy({ board.windows[$0.topicPartition] != nil }) else {
                throw UnpreparedAssignment()
            }
            decide(records, directory, now, &board)
            for end in ends where board.windows[end.topicPartition] != nil { board.reached(end) }
            return true
        }
    }

    private func decide(
        _ records: ArraySlice<ConsumedRecord>, _ directory: Directory, _ now: Date, _ board: inout MatchBoard
    ) {
        let time = now.formatted(.iso8601)
        let milliseconds = Int64(now.timeIntervalSince1970 * 1000)
        let counts = partitionCounts.withLock { $0 }
        for record in records {
            let partition = record.topicPartition
            guard let connector = topics.connector(ofTriggers: partition.topic) else { continue }
            let decision = TriggerDecision(
                for: record, connector: connector, partitionCount: counts[partition.topic] ?? 1,
                window: &board.windows[partition, default: emptyWindow], directory: directory,
                catalogue: directory.catalogue, topics: topics, payloadLimit: configuration.payloadLimit,
                time: time, now: milliseconds)
            board.records += decision.records.map(\.producerRecord)
            board.byteCount += decision.records.reduce(0) { $0 + $1.byteCount }
            board.decided(record.offset, of: partition)
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

    /// How often frontiers are committed that only moved past their partition's end.
    private static let endInterval = Duration.seconds(60)

    private func write() async throws {
        var endsCommitted = ContinuousClock.now
        while !Task.isCancelled {
            if ContinuousClock.now - endsCommitted >= Self.endInterval {
                endsCommitted = .now
                board.withLock { $0.commitEnds() }
            }
            _ = await changes.wait(within: Self.endInterval) { self.board.withLock { $0.hasPending } }
            let (records, offsets, member) = board.withLock { $0.take() }
            guard !offsets.isEmpty else { continue }
            defer {
                board.withLock { $0.isWriting = false }
                changes.changed()
            }
            _ = try await writer.write(records, offsets: offsets, as: member)
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
            let member = try consumer.membership()
            let starts = try await PartitionStarts.committed(
                of: partitions, by: consumer, reader, logger, within: .seconds(60))
            let windows = try await windows(before: starts)
            // The consumer goes on without a hook that took too long, and reads on from what was committed.
            guard !Task.isCancelled else { throw UnpreparedAssignment() }
            board.withLock { board in
                board.membership = member
                board.windows = windows
            }
            return starts.map { PartitionStart(topicPartition: $0.partition, offset: .at($0.offset)) }
        } catch {
            failure.withLock { $0 = $0 ?? (error is CancellationError ? UnpreparedAssignment() : error) }
            changes.changed()
            return []
        }
    }

    private func windows(
        before starts: [PartitionStarts.Start]
    ) async throws -> [TopicPartition: DuplicateWindow<RunID>] {
        var windows = Dictionary(uniqueKeysWithValues: starts.map { ($0.partition, emptyWindow) })
        let stretches = starts.map {
            PartitionReader.Stretch(
                $0.partition, from: max(0, $0.offset - Int64(configuration.duplicateIDs)), to: $0.offset)
        }
        let catalogue = registry.catalogue
        try await reader.read(stretches, within: .seconds(60)) { records in
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            for record in records { remember(record, catalogue, now, &windows) }
        }
        return windows
    }

    private func remember(
        _ record: ConsumedRecord, _ catalogue: Catalogue, _ now: Int64,
        _ windows: inout [TopicPartition: DuplicateWindow<RunID>]
    ) {
        guard let connector = topics.connector(ofTriggers: record.topicPartition.topic) else { return }
        TriggerDecision.remember(
            record, connector: connector, window: &windows[record.topicPartition, default: emptyWindow],
            catalogue: catalogue, payloadLimit: configuration.payloadLimit, now: now)
    }

    package func revoked(_ partitions: [TopicPartition], lost: Bool) async {
        board.withLock { $0.isRevoking = true }
        if !lost { await settled() }
        board.withLock { board in
            for partition in partitions {
                board.forget(partition)
            }
            // Records of partitions that are lost belong to offsets that can't be committed any more.
            if board.windows.isEmpty || lost {
                board.records = []
                board.byteCount = 0
            }
        }
        changes.changed()
    }
}
