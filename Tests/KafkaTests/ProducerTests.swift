import Testing

@testable import Kafka

@Suite(.timeLimit(.minutes(1)))
struct ProducerTests {
    let cluster: MockCluster

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 4)
    }

    @Test func `a record comes back with key, value and headers`() async throws {
        let producer = try Producer(cluster.configuration(), logger: silent)
        let headers = [
            RecordHeader(name: "ce_id", value: "42"), RecordHeader(name: "empty", value: ""),
            RecordHeader(name: "ce_id", value: "again"),
        ]
        let sent = ProducerRecord(
            topic: "orders", partition: 2, key: Array("tea-house".utf8), value: [0, 1, 255], headers: headers)
        let deliveries = try await producer.send([sent])
        #expect(deliveries.map(\.topicPartition) == [TopicPartition(topic: "orders", partition: 2)])
        #expect(deliveries.first?.offset == 0)

        let record = try #require(try await read(2, 1).first)
        #expect(record.key == sent.key)
        #expect(record.value == sent.value)
        #expect(record.headers == headers)
        #expect(record.timestampKind == .create)
        #expect(record.timestamp > 1_600_000_000_000)
        await producer.close(within: .seconds(5))
    }

    @Test func `null and empty are different, for keys and values`() async throws {
        let producer = try Producer(cluster.configuration(), logger: silent)
        let contents: [[UInt8]?] = [nil, [], [7]]
        let records = contents.flatMap { key in
            contents.map { ProducerRecord(topic: "orders", partition: 0, key: key, value: $0) }
        }
        _ = try await producer.send(records)
        let read = try await read(0, records.count)
        #expect(read.map(\.key) == records.map(\.key))
        #expect(read.map(\.value) == records.map(\.value))
        await producer.close(within: .seconds(5))
    }

    /// The hashes are those of Java's `UtilsTest.testMurmur2`.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func `a key lands in the partition that Java's clients choose`(key: String, hash: Int) async throws {
        let producer = try Producer(cluster.configuration(), logger: silent)
        let delivery = try #require(try await producer.send([.text("orders", "x", key: key)]).first)
        #expect(Int(delivery.topicPartition.partition) == (hash & 0x7fff_ffff) % 4)
        await producer.close(within: .seconds(5))
    }

    @Test func `a full local queue makes the sender wait and loses nothing`() async throws {
        let producer = try Producer(
            cluster.configuration(["queue.buffering.max.messages": "10", "linger.ms": "0"]), logger: silent)
        let deliveries = try await producer.send(numbered("orders", 0..<2000))
        #expect(deliveries.count == 2000)
        let read = try await read(0, 2000)
        #expect(read.map(\.text) == (0..<2000).map(String.init))
        await producer.close(within: .seconds(5))
    }

    @Test func `a record that is too large is refused by name, and the others are sent`() async throws {
        let producer = try Producer(cluster.configuration(["message.max.bytes": "2000"]), logger: silent)
        let tooLarge = ProducerRecord(
            topic: "orders", partition: 0, key: nil, value: [UInt8](repeating: 1, count: 5000))
        let records = [.text("orders", "a", partition: 0), tooLarge, .text("orders", "b", partition: 0)]
        let error = try await #require(throws: SendError.self) { try await producer.send(records) }
        #expect(error.failures.map(\.index) == [1])
        #expect(error.cause?.error.kind == .messageTooLarge)
        #expect(error.description.contains("record 1 for topic orders"))
        #expect(error.deliveries.map { $0 == nil } == [false, true, false])
        await producer.close(within: .seconds(5))
    }

    @Test func `a partition that does not exist is refused by name`() async throws {
        let producer = try Producer(
            cluster.configuration(["topic.metadata.propagation.max.ms": "100"]), logger: silent)
        let error = try await #require(throws: SendError.self) {
            try await producer.send([
                .text("orders", "fine", partition: 0), .text("orders", "lost", partition: 99),
            ])
        }
        #expect(error.failures.map(\.index) == [1])
        #expect(error.failures.first?.topic == "orders")
        #expect(error.cause?.error.kind == .unknownTopic)
        await producer.close(within: .seconds(5))
    }

    @Test func `requests that fail for a moment are repeated, and the order is kept`() async throws {
        let producer = try Producer(
            cluster.configuration(["retry.backoff.ms": "10", "linger.ms": "0"]), logger: silent)
        _ = try await producer.send(numbered("orders", 0..<1))
        // NOT_LEADER_FOR_PARTITION, NOT_ENOUGH_REPLICAS, and a cut connection.
        cluster.pushRequestErrors(apiKey: 0, [6, 19, -195])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await producer.send(numbered("orders", 1..<500)) }
            try await group.waitForAll()
        }
        let read = try await read(0, 500)
        #expect(read.map(\.text) == (0..<500).map(String.init))
        await producer.close(within: .seconds(5))
    }

    @Test func `a fatal error surfaces at every later call`() async throws {
        let producer = try Producer(cluster.configuration(), logger: silent)
        _ = try await producer.send([.text("orders", "x")])
        try producer.raiseFatalError()
        for _ in 0..<2 {
            let error = try await within("a failing send") {
                await #expect(throws: (any Error).self) { try await producer.send([.text("orders", "y")]) }
            }
            let isFatal = (error as? KafkaError)?.isFatal ?? (error as? SendError)?.isFatal
            #expect(isFatal == true)
        }
        await producer.close(within: .seconds(5))
    }

    @Test func `sends that are not done when the producer closes fail`() async throws {
        try cluster.setBroker(1, isUp: false)
        let producer = try Producer(cluster.configuration(), logger: silent)
        let sent = Task { try await producer.send(numbered("orders", 0..<10)) }
        async let closed: Void = producer.close(within: .milliseconds(50))
        await #expect(throws: (any Error).self) { try await sent.value }
        await closed
        await producer.close(within: .zero)
        let error = try await #require(throws: KafkaError.self) {
            try await producer.send([.text("orders", "x")])
        }
        #expect(error.kind == .closed)
    }

    @Test func `a cancelled send ends at once, also while it waits for room`() async throws {
        try cluster.setBroker(1, isUp: false)
        let producer = try Producer(
            cluster.configuration(["queue.buffering.max.messages": "10"]), logger: silent)
        let task = Task { try await producer.send(numbered("orders", 0..<100)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await producer.close(within: .zero)
    }

    @Test func `a producer that is dropped without closing leaves nothing waiting`() async throws {
        try cluster.setBroker(1, isUp: false)
        var producer: Producer? = try Producer(cluster.configuration(), logger: silent)
        let task = Task { [producer] in try await producer?.send(numbered("orders", 0..<10)) }
        producer = nil
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func read(_ partition: Int32, _ count: Int) async throws -> [ConsumedRecord] {
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([
            PartitionStart(
                topicPartition: TopicPartition(topic: "orders", partition: partition), offset: .beginning)
        ])
        let records = try await reader.read(count)
        await reader.close()
        return records
    }
}
