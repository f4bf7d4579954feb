import Flow
import Kafka
import Logging
import Metrics
import Workers

/// Builds the queues of newly assigned partitions from what their predecessors left: the committed frontiers and maps,
/// the waiting topics, and the tails of the action topics against copies.
package struct WaitingRebuild: Sendable {
    /// One partition's queue, and where its reading goes on.
    package struct Rebuilt: Sendable {
        package let partition: TopicPartition
        package let start: Int64
        /// From where its waiting topic counts.
        fileprivate let floor: Int64
        /// Runs of the waiting topic stand before every record: their places are those of a topic that is gone.
        fileprivate let isAnew: Bool
        package fileprivate(set) var queue: PartitionQueue
        /// What is to be written: waiting records that can't be read as dead letters, doubts, and tombstones.
        package fileprivate(set) var writes: [WireRecord] = []
        /// Attempts whose outcome nobody wrote down: found now for the first time, and all whose notes stay.
        package fileprivate(set) var newDoubts: [StartNote] = []
        package fileprivate(set) var notes: [StartNote] = []
    }

    private let consumer: Consumer
    private let reader: PartitionReader
    private let writer: OutputWriter
    private let topics: Topics
    private let clock: SenderClock
    private let payloadLimit: Int
    private let stillHolds: @Sendable (Hold) -> Bool
    private let logger: Logger

    /// Copies that are remembered against being taken twice, per partition. Copies come from a matcher that was killed
    /// in at-least-once mode, so they lie near each other.
    private static let tail: Int64 = 10_000
    /// How long nothing may come of a partition that is read.
    private static let bound = Duration.seconds(60)

    package init(
        consumer: Consumer, reader: PartitionReader, writer: OutputWriter, topics: Topics, clock: SenderClock,
        payloadLimit: Int, stillHolds: @escaping @Sendable (Hold) -> Bool, logger: Logger
    ) {
        self.consumer = consumer
        self.reader = reader
        self.writer = writer
        self.topics = topics
        self.clock = clock
        self.payloadLimit = payloadLimit
        self.stillHolds = stillHolds
        self.logger = logger
    }

    package func queues(of partitions: [TopicPartition]) async throws -> [Rebuilt] {
        let starts = try await PartitionStarts.committed(
            of: partitions, by: consumer, reader, logger, within: Self.bound)
        var rebuilt = starts.map { start in
            Rebuilt(
                partition: start.partition, start: start.offset,
                floor: SettledMap.floor(in: start.metadata) ?? 0, isAnew: start.isAnew,
                queue: PartitionQueue(
                    ledger: OffsetLedger(
                        start: start.offset, map: SettledMap(metadata: start.metadata, frontier: start.offset)
                    ),
                    payloadLimit: payloadLimit))
        }
        try await remember(&rebuilt)
        try await restore(&rebuilt)
        return rebuilt
    }

    private func remember(_ rebuilt: inout [Rebuilt]) async throws {
        var keys: [TopicPartition: [RunKey]] = [:]
        let stretches = rebuilt.filter { $0.start > 0 }.map {
            PartitionReader.Stretch($0.partition, from: max(0, $0.start - Self.tail), to: $0.start)
        }
        try await reader.read(stretches, within: Self.bound) { records in
            for record in records {
                let wire = WireRecord(record)
                guard DecisionRecord(wire) == nil,
                    let key = QueuedRun(action: wire, position: record.offset)?.key
                else { continue }
                keys[record.topicPartition, default: []].append(key)
            }
        }
        for index in rebuilt.indices {
            for key in keys[rebuilt[index].partition] ?? [] { rebuilt[index].queue.remember(key) }
        }
    }

    private func restore(_ rebuilt: inout [Rebuilt]) async throws {
        var states: [TopicPartition: WaitingState] = [:]
        // The other half is left to runs that are parked from here on, which are due before most that wait.
        let kept = payloadLimit / 2
        let stretches = rebuilt.compactMap { rebuilt in
            waiting(of: rebuilt.partition).map {
                PartitionReader.Stretch($0, from: rebuilt.floor, isAnewBeyondEnd: true)
            }
        }
        let ends = try await reader.read(stretches, within: Self.bound) { records in
            for record in records {
                states[record.topicPartition, default: WaitingState(payloadLimit: kept)].take(record)
            }
        }
        states = states.filter { !$0.value.isEmpty }
        let probes = try await probe(states.keys.sorted())
        for index in rebuilt.indices {
            guard let waiting = waiting(of: rebuilt[index].partition) else { continue }
            if let end = ends[waiting] {
                rebuilt[index].queue.waitingRead(upTo: end)
                logger.debug(
                    "waiting topic read",
                    metadata: [
                        LogKeys.partition: "\(waiting)", LogKeys.floor: "\(rebuilt[index].floor)",
                        LogKeys.offset: "\(end)",
                    ])
            }
            guard let state = states.removeValue(forKey: waiting) else { continue }
            restore(state, of: waiting, brokerTime: probes[waiting]?.appendTime, in: &rebuilt[index])
            guard let probe = probes[waiting] else { continue }
            rebuilt[index].queue.waitingAcknowledged(
                Self.probeKey, isTombstone: true, offset: probe.offset)
            rebuilt[index].queue.waitingBatchEnded(isAtomic: writer.isTransactional)
        }
    }

    private func waiting(of partition: TopicPartition) -> TopicPartition? {
        topics.connector(ofActions: partition.topic).map {
            TopicPartition(topic: topics.waiting($0), partition: partition.partition)
        }
    }

    private func restore(
        _ state: consuming WaitingState, of waiting: TopicPartition, brokerTime: Int64?,
        in rebuilt: inout Rebuilt
    ) {
        for record in state.unreadable {
            logger.error(
                "waiting record unreadable: it goes to the dead topic",
                metadata: [
                    LogKeys.partition: "\(record.topicPartition)", LogKeys.offset: "\(record.offset)",
                ])
        }
        rebuilt.writes += state.letters(topics, time: clock.timestamp())
        var state = state
        rebuilt.writes += state.removeReplaced().map {
            WireRecord(topic: waiting.topic, partition: waiting.partition, key: $0.waitingKey, value: nil)
        }
        let starts = FoundStarts(in: state, of: waiting, ledger: rebuilt.queue.ledger, topics)
        rebuilt.newDoubts = starts.newDoubts
        rebuilt.notes = starts.notes
        rebuilt.writes += starts.writes
        rebuilt.queue.restore(
            state, starts.notes, isAnew: rebuilt.isAnew, brokerTime: brokerTime,
            localTime: clock.milliseconds(), now: clock.now(), stillHolds: stillHolds)
    }

    private static let probeKey = Array("clock".utf8)

    /// Records nobody reads tell the time of each partition's broker: what passed while no process was there counts as
    /// waited.
    private func probe(_ partitions: [TopicPartition]) async throws -> [TopicPartition: Delivery] {
        guard !partitions.isEmpty else { return [:] }
        let probes = partitions.map { partition in
            ProducerRecord(
                topic: partition.topic, partition: partition.partition, key: Self.probeKey, value: nil,
                headers: [])
        }
        return Dictionary(
            zip(partitions, try await writer.write(probes)), uniquingKeysWith: { _, last in last })
    }
}
