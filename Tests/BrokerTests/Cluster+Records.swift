// What a test writes to and reads from the broker itself.

import Flow
import Kafka
import Liquid
import Pipeline

extension Cluster {
    /// Everything that a topic holds now, in the order of each partition.
    func records(
        of topic: String, from offsets: [Int32: Int64] = [:],
        isolation: ConsumerConfiguration.Isolation = .readCommitted,
        partitions count: Int = ClusterSetup.partitions
    ) async throws -> [ConsumedRecord] {
        let consumer = try Consumer(
            ConsumerConfiguration(
                kafka: kafka, isolation: isolation, offsetReset: .earliest, partitionEnds: true,
                fetchWaitMax: .milliseconds(20)), logger: logger)
        let partitions = (0..<Int32(count)).map {
            TopicPartition(topic: topic, partition: $0)
        }
        try await consumer.assign(
            partitions.map { partition in
                PartitionStart(
                    topicPartition: partition,
                    offset: offsets[partition.partition].map { .at($0) } ?? .beginning)
            })
        var open = Set(partitions)
        var records: [ConsumedRecord] = []
        while !open.isEmpty, let batch = try await consumer.next(within: .seconds(20)), !batch.isEmpty {
            records += batch.records
            open.subtract(batch.ends.map(\.topicPartition))
        }
        await consumer.close()
        guard open.isEmpty else { throw Unread(partitions: open.sorted()) }
        return records
    }

    struct Unread: Error, CustomStringConvertible {
        let partitions: [TopicPartition]
        var description: String { "no end of \(partitions) came within 20 s" }
    }

    func deadLetters() async throws -> [DeadLetter] {
        try await records(of: topics.dead).compactMap { DeadLetter(WireRecord($0)) }
    }

    /// Records that a group has not committed: what it would read again. Markers of transactions don't count.
    func lag(of group: String, in topic: String) async throws -> Int {
        let consumer = try Consumer(ConsumerConfiguration(kafka: kafka, groupID: group), logger: logger)
        let partitions = (0..<Int32(ClusterSetup.partitions)).map {
            TopicPartition(topic: topic, partition: $0)
        }
        let committed = try await consumer.committed(partitions, within: .seconds(10))
        await consumer.close()
        let offsets = committed.map { ($0.topicPartition.partition, $0.offset) }
        return try await records(of: topic, from: Dictionary(offsets, uniquingKeysWith: { $1 })).count
    }

    /// Writes records as any client may.
    func produce(_ records: [WireRecord]) async throws {
        let producer = try Producer(kafka, logger: logger)
        do {
            _ = try await producer.send(records.map(\.producerRecord))
        } catch {
            await producer.close(within: .zero)
            throw error
        }
        await producer.close(within: .seconds(5))
    }

    /// The same in CloudEvents' structured mode, without a key.
    func structuredEvent(_ id: String, store: Int = 1) -> WireRecord {
        let document: JSON = [
            "specversion": "1.0", "id": .string(id), "source": "loyaltylion",
            "type": "loyaltylion.moved-up-tier", "subject": .string(TestManifest.store(store)),
            "data": ["customer_id": .integer(1), "tierName": "Gold"],
        ]
        return WireRecord(
            topic: topics.triggers("loyaltylion"), key: nil, value: document.jsonBytes,
            headers: [WireHeader(HeaderName.contentType, "application/cloudevents+json")])
    }

    /// An event of LoyaltyLion with the least that its schema asks for.
    func event(_ id: String, store: Int = 1, customer: Int = 1, trigger: String = "moved-up-tier")
        -> WireRecord
    {
        let identity = EventIdentity(
            source: "loyaltylion", store: TestManifest.store(store), id: id,
            trigger: TriggerReference(connector: "loyaltylion", handle: trigger))
        let payload: JSON = ["customer_id": .integer(Int64(customer)), "tierName": "Gold"]
        return TriggerEvent(identity: identity, payload: payload).record(topics)
    }
}
