import Testing

@testable import Kafka

/// The in-process cluster takes part in transactions, but hides no aborted record, stores no offsets that
/// were sent in a transaction and fences nobody: those are tested against real brokers.
@Suite(.timeLimit(.minutes(1)))
struct TransactionTests {
    let cluster: MockCluster

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 2)
    }

    @Test func `records and offsets are committed together`() async throws {
        let member = try Consumer(cluster.member("g"), logger: silent)
        try await member.subscribe(["orders"])
        let producer = try await makeProducer()
        let position = OffsetCommit(topicPartition: TopicPartition(topic: "orders", partition: 0), offset: 3)
        for index in 0..<3 {
            let deliveries = try await producer.transaction(
                numbered("orders", 0..<10, partition: 1), offsets: [position], as: member.membership(),
                within: .seconds(10))
            #expect(deliveries.map(\.offset) == (0..<10).map { Int64($0 + index * 10) })
        }
        await producer.close(within: .seconds(5))
        await member.close()
    }

    @Test func `a transaction of nothing does nothing`() async throws {
        let producer = try await makeProducer()
        #expect(try await producer.transaction([], within: .seconds(5)).isEmpty)
        await producer.close(within: .seconds(5))
    }

    @Test func `an aborted transaction leaves the producer usable`() async throws {
        let producer = try await makeProducer(["message.max.bytes": "2000"])
        let tooLarge = ProducerRecord(
            topic: "orders", partition: 0, key: nil, value: [UInt8](repeating: 0, count: 5000))
        for _ in 0..<2 {
            let error = try await #require(throws: SendError.self) {
                try await producer.transaction(
                    numbered("orders", 0..<3, partition: 0) + [tooLarge], within: .seconds(10))
            }
            #expect(error.cause?.error.kind == .messageTooLarge)
        }
        #expect(try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10)).count == 3)
        await producer.close(within: .seconds(5))
    }

    @Test func `an error that the broker gives for the offsets aborts`() async throws {
        let member = try Consumer(cluster.member("g"), logger: silent)
        let producer = try await makeProducer()
        // TxnOffsetCommit answers GROUP_AUTHORIZATION_FAILED.
        cluster.pushRequestErrors(apiKey: 28, [30])
        let position = OffsetCommit(topicPartition: TopicPartition(topic: "orders", partition: 0), offset: 3)
        let error = try await #require(throws: KafkaError.self) {
            try await producer.transaction(
                numbered("orders", 0..<3), offsets: [position], as: member.membership(), within: .seconds(10))
        }
        #expect(error.requiresAbort)
        #expect(!error.isFatal)
        _ = try await producer.transaction(
            numbered("orders", 0..<3), offsets: [position], as: member.membership(), within: .seconds(10))
        await producer.close(within: .seconds(5))
        await member.close()
    }

    @Test func `a commit that fails for a moment is repeated`() async throws {
        let producer = try await makeProducer()
        // EndTxn answers COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, and cuts the connection.
        cluster.pushRequestErrors(apiKey: 26, [15, 16, -195])
        #expect(try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10)).count == 3)
        await producer.close(within: .seconds(5))
    }

    @Test func `a producer that is fenced when it commits is done for`() async throws {
        let producer = try await makeProducer()
        // EndTxn answers PRODUCER_FENCED.
        cluster.pushRequestErrors(apiKey: 26, [90])
        let error = await #expect(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10))
        }
        #expect(error?.isFatal == true)
        #expect(error?.kind == .fenced)
        let again = await #expect(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10))
        }
        #expect(again?.isFatal == true)
        await producer.close(within: .seconds(5))
    }

    @Test func `an abort that fails is made up for before the next transaction`() async throws {
        let producer = try await makeProducer(["message.max.bytes": "2000"])
        let tooLarge = ProducerRecord(
            topic: "orders", partition: 0, key: nil, value: [UInt8](repeating: 0, count: 5000))
        // EndTxn answers COORDINATOR_LOAD_IN_PROGRESS until the errors are cleared.
        cluster.pushRequestErrors(apiKey: 26, Array(repeating: 14, count: 500))
        let error = try await #require(throws: SendError.self) {
            try await producer.transaction(numbered("orders", 0..<3) + [tooLarge], within: .seconds(1))
        }
        #expect(error.cause?.error.kind == .messageTooLarge)
        cluster.clearRequestErrors(apiKey: 26)
        #expect(try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10)).count == 3)
        await producer.close(within: .seconds(5))
    }

    @Test func `a commit that nobody answers ends the producer with an unknown outcome`() async throws {
        let producer = try await makeProducer()
        _ = try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10))
        // COORDINATOR_LOAD_IN_PROGRESS, for longer than the transaction may take.
        cluster.pushRequestErrors(apiKey: 26, Array(repeating: 14, count: 500))
        let error = try await #require(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(2))
        }
        #expect(error.isFatal)
        #expect(error.description.contains("nobody knows"))
        await #expect(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(1))
        }
        cluster.clearRequestErrors(apiKey: 26)
        await producer.close(within: .zero)

        let successor = try await makeProducer()
        #expect(try await successor.transaction(numbered("orders", 0..<3), within: .seconds(10)).count == 3)
        await successor.close(within: .seconds(5))
    }

    @Test func `a cancelled transaction is aborted`() async throws {
        let producer = try await makeProducer(["linger.ms": "1000"])
        let task = Task { try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await producer.transaction(numbered("orders", 0..<3), within: .seconds(10)).count == 3)
        await producer.close(within: .seconds(5))
    }

    @Test func `wrong uses are told`() async throws {
        let producer = try TransactionalProducer(
            cluster.configuration(), transactionalID: "t", logger: silent)
        let error = await #expect(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(1))
        }
        #expect(error?.reason.contains("not initialized") == true)
        try await producer.initialize(within: .seconds(10))
        let position = OffsetCommit(topicPartition: TopicPartition(topic: "orders", partition: 0), offset: 3)
        await #expect(throws: KafkaError.self) {
            try await producer.transaction([], offsets: [position], within: .seconds(1))
        }
        await producer.close(within: .seconds(5))
        let closed = await #expect(throws: KafkaError.self) {
            try await producer.transaction(numbered("orders", 0..<3), within: .seconds(1))
        }
        #expect(closed?.kind == .closed)
    }

    @Test func `a fatal error comes back at every call`() async throws {
        let producer = try await makeProducer()
        try producer.raiseFatalError()
        for _ in 0..<2 {
            let error = await #expect(throws: KafkaError.self) {
                try await producer.transaction(numbered("orders", 0..<3), within: .seconds(5))
            }
            #expect(error?.isFatal == true)
        }
        await producer.close(within: .seconds(5))
    }

    private func makeProducer(_ properties: [String: String] = [:]) async throws -> TransactionalProducer {
        let producer = try TransactionalProducer(
            cluster.configuration(properties.merging(["retry.backoff.ms": "10"]) { first, _ in first }),
            transactionalID: "t", logger: silent)
        try await producer.initialize(within: .seconds(20))
        return producer
    }
}
