import Flow
import Kafka
import Liquid
import Logging
import Registry
import Testing

/// A registry's topic on a cluster within this process.
struct RegistryFixture: Sendable {
    static let limit = Duration.seconds(20)

    let cluster: MockCluster
    let configuration: RegistryConfiguration
    let logger: Logger

    init(createsTopic: Bool = true) throws {
        cluster = try MockCluster()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        self.logger = logger
        configuration = RegistryConfiguration(
            kafka: KafkaConfiguration(bootstrapServers: cluster.bootstrapServers),
            fetchWaitMax: .milliseconds(5), queryLimit: .seconds(2))
        if createsTopic { try cluster.createTopic(configuration.topics.registry, partitions: 1) }
    }

    /// Runs a reader beside the body, and ends it with the body.
    func withReader<Value: Sendable>(
        historyOf kinds: Set<RegistryEntry.Kind> = .all,
        _ body: @Sendable (RegistryReader) async throws -> Value
    ) async throws -> Value {
        let reader = try RegistryReader(configuration, historyOf: kinds, logger: logger)
        return try await reader.whileRunning(readyWithin: Self.limit) { try await body(reader) }
    }

    /// Runs a reader and a writer beside the body.
    func withWriter<Value: Sendable>(
        _ body: @Sendable (RegistryWriter, RegistryReader) async throws -> Value
    ) async throws -> Value {
        try await withReader { reader in
            let writer = try RegistryWriter(reader, limit: Self.limit, logger: logger)
            let value = try await body(writer, reader)
            await writer.close(within: .seconds(5))
            return value
        }
    }

    func send(_ key: String, _ value: String?) async throws {
        let producer = try Producer(configuration.kafka, logger: logger)
        _ = try await producer.send([
            ProducerRecord(
                topic: configuration.topics.registry, partition: 0, key: Array(key.utf8),
                value: value.map { Array($0.utf8) })
        ])
        await producer.close(within: .seconds(5))
    }

    /// Every record of the topic, as key and value.
    func records() async throws -> [(key: String, value: String?)] {
        let consumer = try Consumer(
            ConsumerConfiguration(
                kafka: configuration.kafka, partitionEnds: true, fetchWaitMax: .milliseconds(5)),
            logger: logger)
        let partition = TopicPartition(topic: configuration.topics.registry, partition: 0)
        try await consumer.assign([PartitionStart(topicPartition: partition, offset: .beginning)])
        var records: [(String, String?)] = []
        while let batch = try await consumer.next(within: Self.limit), !batch.isEmpty {
            records += batch.records.map { record in
                (
                    String(decoding: record.key ?? [], as: UTF8.self),
                    record.value.map { String(decoding: $0, as: UTF8.self) }
                )
            }
            if !batch.ends.isEmpty { break }
        }
        await consumer.close()
        return records
    }

    static func change(_ id: String, from version: Int = 0, name: String = "Tea") -> RegistryChange {
        RegistryChange(
            kind: .organization, id: id, expectedVersion: version,
            body: ["id": .string(id), "name": .string(name)])
    }
}
