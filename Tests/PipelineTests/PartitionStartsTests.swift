import Kafka
import Logging
import Pipeline
import TestSupport
import Testing
import Workers

/// Hands over each line with its metadata.
private struct Lines: LogHandler {
    let sink: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        sink.yield("\(event.message) \(event.metadata ?? [:])")
    }
}

@Suite struct PartitionStartsTests {
    private let cluster: MockCluster
    private let kafka: KafkaConfiguration
    private let logger: Logger

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("actions", partitions: 3)
        kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
    }

    /// The in-process cluster drops the oldest records of a partition above about 5 MB.
    @Test(.timeLimit(.minutes(1)))
    func `what retention removed before it was read is told and counted`() async throws {
        let producer = try Producer(kafka, logger: logger)
        // Records are compressed on their way.
        var random = SplitMix64(seed: 1)
        let large = (0..<700_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        for _ in 0..<12 {
            _ = try await producer.send([
                ProducerRecord(topic: "actions", partition: 0, key: nil, value: large)
            ])
        }
        for partition in Int32(1)...2 {
            _ = try await producer.send([
                ProducerRecord(topic: "actions", partition: partition, key: nil, value: [1])
            ])
        }
        await producer.close(within: .seconds(5))
        let reader = try PartitionReader(kafka, logger: logger)
        let consumer = try Consumer(ConsumerConfiguration(kafka: kafka, groupID: "g"), logger: logger)
        let partitions = (0..<Int32(3)).map { TopicPartition(topic: "actions", partition: $0) }
        let low = try await reader.watermarks(of: partitions[0], within: .seconds(10)).low
        #expect(low > 1)
        try await consumer.commit([
            OffsetCommit(topicPartition: partitions[0], offset: 1, metadata: "1AAAA"),
            OffsetCommit(topicPartition: partitions[1], offset: 7, metadata: nil),
        ])
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let starts = try await PartitionStarts.committed(
            of: partitions, by: consumer, reader, Logger(label: "test") { _ in Lines(sink: sink) },
            within: .seconds(10))
        sink.finish()
        var told: [String] = []
        for await line in lines { told.append(line) }
        #expect(told.count == 2)
        #expect(told.contains { $0.contains("actions[0]") && $0.contains("\(low - 1)") })
        #expect(told.contains { $0.contains("actions[1]") && $0.contains("beyond the partition's end") })
        #expect(starts.map(\.offset) == [low, 0, 0], "overtaken, beyond the end, new")
        #expect(starts[0].metadata == nil, "the map's offsets are gone, too")
        await consumer.close()
        await reader.close()
    }
}
