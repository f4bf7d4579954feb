import Flow
import Kafka
import Liquid
import Pipeline
import Workers

/// Records and assignments for the tests of the send board.
enum SendBoardFixtures {
    static let topics = Topics()
    static let time = "2026-11-23T12:00:00Z"

    static func partition(_ number: Int32) -> TopicPartition {
        TopicPartition(topic: topics.actions("slack"), partition: number)
    }

    static func workflowRun(_ store: String = "s") -> WorkflowRun {
        WorkflowRun(
            id: RunID(high: 2, low: 2), workflow: "w", version: 1, store: store,
            event: EventIdentity(
                source: "loyaltylion", store: store, id: "e",
                trigger: TriggerReference(connector: "loyaltylion", handle: "t")))
    }

    /// An action record whose run has the number as its id; nil = one that can't be read.
    static func record(
        _ number: UInt64?, offset: Int64, partition: TopicPartition = partition(0), key: String? = nil,
        delay: Duration = .zero, store: String = "s"
    ) -> ConsumedRecord {
        let run = ActionRun(
            id: RunID(high: 1, low: number ?? 0), workflowRun: workflowRun(store),
            action: ActionReference(connector: "slack", handle: "x"), stepID: "a", stepPath: "0",
            properties: [:],
            slip: .end, orderingKey: key)
        let wire = run.record(topics, delay: delay)
        return ConsumedRecord(
            topicPartition: partition, offset: offset, key: wire.key, value: wire.value,
            headers: number == nil ? [] : wire.headers.map { RecordHeader(name: $0.name, value: $0.value) })
    }

    static func batch(_ records: [ConsumedRecord], generation: Int = 1) -> ConsumerBatch {
        ConsumerBatch(records: records, generation: generation)
    }

    /// A board in its first generation with these partitions.
    static func board(
        _ partitions: Int32 = 1, openLimit: Int = 1000, from map: SettledMap = SettledMap(),
        isAtomic: Bool = false
    )
        -> SendBoard
    {
        var board = SendBoard(topics: topics, openLimit: openLimit, openBytes: 1 << 20, isAtomic: isAtomic)
        board.beginGeneration()
        for number in 0..<partitions {
            board.assign(partition(number), PartitionQueue(ledger: OffsetLedger(start: 0, map: map)))
        }
        return board
    }

    /// What the broker says of a written batch; waiting records get offsets from `next` on.
    static func deliveries(of batch: SendBoard.Batch, from next: Int64 = 0) -> [Delivery] {
        batch.writes.enumerated().map { index, write in
            Delivery(
                topicPartition: TopicPartition(
                    topic: write.record.topic, partition: write.record.partition ?? 0),
                offset: next + Int64(index), appendTime: nil)
        }
    }
}

extension SendBoard {
    /// Begins the next run; nil where none may begin or its bytes have to be read first.
    mutating func begin() -> (work: Work, run: QueuedRun)? {
        next().map { ($0, $0.run) }
    }
}
