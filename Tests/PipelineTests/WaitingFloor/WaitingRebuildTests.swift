import Flow
import Kafka
import Logging
import Pipeline
import Testing
import Workers

/// What a takeover reads of a waiting topic, on a broker.
@Suite(.timeLimit(.minutes(1))) struct WaitingRebuildTests {
    private static let topics = Topics()
    private static let actions = TopicPartition(topic: topics.actions("slack"), partition: 0)

    private let cluster: MockCluster
    private let kafka: KafkaConfiguration
    private let logger: Logger

    init() throws {
        cluster = try MockCluster()
        for topic in [Self.actions.topic, Self.topics.waiting("slack")] {
            try cluster.createTopic(topic, partitions: 1)
        }
        kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
    }

    /// A held run; the number is its id and its position.
    private static func waiting(_ number: UInt64) -> WireRecord? {
        let record = SendBoardFixtures.record(number, offset: Int64(number))
        return QueuedRun(action: WireRecord(record), position: Int64(number)).flatMap {
            ParkedRun(run: $0, cause: .held(.other), delay: nil, stamp: 1)
                .record(topic: topics.waiting("slack"), partition: 0)
        }
    }

    /// The queue that a sender builds from these records and a commit with this floor.
    private func rebuilt(_ records: [WireRecord], floor: Int64?) async throws -> PartitionQueue? {
        let producer = try Producer(kafka, logger: logger)
        _ = try await producer.send(
            [
                ProducerRecord(
                    topic: Self.actions.topic, partition: 0, key: nil, value: [1], headers: [])
            ] + records.map(\.producerRecord))
        await producer.close(within: .seconds(5))
        let consumer = try Consumer(ConsumerConfiguration(kafka: kafka, groupID: "g"), logger: logger)
        let reader = try PartitionReader(kafka, logger: logger)
        let writer = try await OutputWriter(
            kafka, mode: .atLeastOnce, transactionalID: "t", topics: Self.topics, logger: logger)
        try await consumer.commit([
            OffsetCommit(
                topicPartition: Self.actions, offset: 1,
                metadata: SettledMap().metadata(frontier: 1, floor: floor))
        ])
        let rebuild = WaitingRebuild(
            consumer: consumer, reader: reader, writer: writer, topics: Self.topics, clock: SenderClock(),
            payloadLimit: 1 << 20, stillHolds: { _ in true }, logger: logger)
        let rebuilt = try await rebuild.queues(of: [Self.actions])
        await consumer.close()
        await reader.close()
        await writer.close()
        return rebuilt.first?.queue
    }

    @Test(arguments: [(nil, 3), (1, 2), (2, 1), (3, 0), (4, 3)] as [(Int64?, Int)])
    func `a takeover reads from the floor, and all of a topic that ends before it`(
        floor: Int64?, waiting: Int
    ) async throws {
        let queue = try await rebuilt((0..<3).compactMap { Self.waiting(UInt64($0)) }, floor: floor)
        #expect(queue?.waitingCount == waiting)
        // What waits keeps its place; where nothing does, no probe is written.
        #expect(queue?.waitingFloor == Int64(3 - waiting))
    }

    @Test func `a probe of the takeover is no gap`() async throws {
        var queue = try #require(try await rebuilt([Self.waiting(0)].compactMap { $0 }, floor: nil))
        #expect(queue.waitingFloor == 0)
        // The run's tombstone follows the probe, which lies at 1.
        queue.releaseHeld()
        let ready = try #require(queue.takeReady().first?.key)
        _ = queue.start(ready)
        _ = queue.finish(ready, .ended, spent: .zero, at: 0)
        queue.waitingAcknowledged(ready.waitingKey, isTombstone: true, offset: 2)
        queue.waitingBatchEnded(isAtomic: false)
        #expect(queue.waitingFloor == 3)
    }
}
