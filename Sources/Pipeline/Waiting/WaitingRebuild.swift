import Flow
import Kafka
import Workers

/// Builds the queue of a newly assigned partition from what its predecessor left: the committed frontier and map, the
/// waiting topic, and the tail of the action topic against copies.
package struct WaitingRebuild: Sendable {
    private let consumer: Consumer
    private let reader: PartitionReader
    private let writer: OutputWriter
    private let topics: Topics
    private let clock: SenderClock
    private let payloadLimit: Int

    /// Copies that are remembered against being taken twice, per partition. Copies come from a matcher that was killed
    /// in at-least-once mode, so they lie near each other.
    private static let tail: Int64 = 10_000
    private static let bound = Duration.seconds(60)

    package init(
        consumer: Consumer, reader: PartitionReader, writer: OutputWriter, topics: Topics, clock: SenderClock,
        payloadLimit: Int
    ) {
        self.consumer = consumer
        self.reader = reader
        self.writer = writer
        self.topics = topics
        self.clock = clock
        self.payloadLimit = payloadLimit
    }

    package func queues(
        of partitions: [TopicPartition]
    ) async throws -> [(TopicPartition, PartitionQueue, PartitionStart)] {
        let committed = Dictionary(
            try await consumer.committed(partitions, within: .seconds(30)).map { ($0.topicPartition, $0) },
            uniquingKeysWith: { _, last in last })
        var queues: [(TopicPartition, PartitionQueue, PartitionStart)] = []
        for partition in partitions {
            queues.append(try await queue(of: partition, committed[partition]))
        }
        return queues
    }

    private func queue(
        of partition: TopicPartition, _ commit: OffsetCommit?
    ) async throws -> (TopicPartition, PartitionQueue, PartitionStart) {
        var start: Int64 = 0
        if let commit {
            start = commit.offset
        } else {
            start = try await reader.watermarks(of: partition, within: Self.bound).low
        }
        let map = SettledMap(metadata: commit?.metadata, frontier: start)
        var queue = PartitionQueue(ledger: OffsetLedger(start: start, map: map), payloadLimit: payloadLimit)
        try await remember(partition, before: start, &queue)
        try await restore(partition, &queue)
        return (partition, queue, PartitionStart(topicPartition: partition, offset: .at(start)))
    }

    private func remember(_ partition: TopicPartition, before start: Int64, _ queue: inout PartitionQueue)
        async throws
    {
        guard start > 0 else { return }
        var keys: [RunKey] = []
        try await reader.read(partition, from: max(0, start - Self.tail), to: start, within: Self.bound) {
            records in
            keys += records.compactMap { QueuedRun(action: WireRecord($0), position: $0.offset)?.key }
        }
        for key in keys { queue.remember(key) }
    }

    private func restore(_ partition: TopicPartition, _ queue: inout PartitionQueue) async throws {
        guard let connector = topics.connector(ofActions: partition.topic) else { return }
        let waiting = TopicPartition(topic: topics.waiting(connector), partition: partition.partition)
        var newest: [RunKey: (note: WaitingNote, record: ConsumedRecord)] = [:]
        try await reader.read(waiting, from: 0, within: Self.bound) { records in
            for record in records {
                guard let key = RunKey(waitingKey: record.key) else { continue }
                if record.value == nil {
                    newest[key] = nil
                } else if let note = WaitingNote(WireRecord(record)) {
                    newest[key] = (note, record)
                }
            }
        }
        guard !newest.isEmpty else { return }
        try await setClock(by: waiting)
        let now = clock.now()
        for (note, record) in newest.values {
            let left = note.delay.map {
                clock.remaining(
                    of: $0, since: record.timestamp, isBrokerTime: record.timestampKind == .append)
            }
            queue.restore(note.run, reason: note.reason, offset: record.offset, dueIn: left, now: now)
        }
        queue.restored(now: clock.now())
    }

    /// A record nobody reads tells the broker's time: what passed while no process was there counts as waited.
    private func setClock(by waiting: TopicPartition) async throws {
        let probe = ProducerRecord(
            topic: waiting.topic, partition: waiting.partition, key: Array("clock".utf8), value: nil,
            headers: [])
        for delivery in try await writer.write([probe]) {
            if let time = delivery.appendTime { clock.observe(appendTime: time) }
        }
    }
}
