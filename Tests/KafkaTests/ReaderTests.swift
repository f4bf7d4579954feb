import Testing

@testable import Kafka

/// Consumers without a group.
@Suite(.timeLimit(.minutes(1)))
struct ReaderTests {
    let cluster: MockCluster
    let first = TopicPartition(topic: "orders", partition: 0)
    let second = TopicPartition(topic: "orders", partition: 1)

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 2)
    }

    @Test func `a reader starts where it is told and learns of the end`() async throws {
        try await send(numbered("orders", 0..<10))
        let reader = try Consumer(cluster.reader(ends: true), logger: silent)
        try await reader.assign([start(first, .at(7)), start(second, .beginning)])
        let (records, ends) = try await readToEnds(reader, 2)
        #expect(records.map(\.text) == ["7", "8", "9"])
        #expect(Set(ends) == [end(first, 10), end(second, 0)])
        await reader.close()
    }

    @Test func `a new assignment begins a new generation and drops what was buffered`() async throws {
        try await send(numbered("orders", 0..<10) + numbered("orders", 100..<110, partition: 1))
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        let old = try await within("a batch") { try await reader.next() }
        try await reader.assign([start(second, .beginning)])
        let records = try await reader.read(10)
        #expect(records.map(\.text) == (100..<110).map(String.init))
        try await send([.text("orders", "more", partition: 1)])
        let new = try await within("a batch") { try await reader.next() }
        #expect(try #require(new?.generation) == (try #require(old?.generation)) + 1)
        await reader.close()
    }

    @Test func `nothing of a paused partition is delivered until it is resumed`() async throws {
        try await send(numbered("orders", 0..<2000))
        var configuration = cluster.reader()
        configuration.maxBatchRecords = 10
        let reader = try Consumer(configuration, logger: silent)
        try await reader.assign([start(first, .beginning), start(second, .beginning)])
        var read = try await reader.read(10)
        try await reader.pause([first])
        try await send(numbered("orders", 5000..<5100, partition: 1))
        let others = try await reader.read(100)
        #expect(others.map(\.text) == (5000..<5100).map(String.init))
        let nothing = try await reader.next(within: .milliseconds(20))
        #expect(nothing?.isEmpty == true)
        try await reader.resume([first])
        read += try await reader.read(2000 - read.count)
        #expect(read.map(\.text) == (0..<2000).map(String.init))
        await reader.close()
    }

    @Test func `a seek goes back and forth without records in between`() async throws {
        try await send(numbered("orders", 0..<1000))
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        #expect(try await reader.read(1).first?.offset == 0)
        try await reader.seek(first, to: 990)
        #expect(try await reader.read(10).map(\.offset) == Array(990..<1000))
        try await reader.seek(first, to: 5)
        #expect(try await reader.read(995).map(\.offset) == Array(5..<1000))
        await reader.close()
    }

    @Test func `partitions that are not assigned can't be paused or sought`() async throws {
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        let pause = await #expect(throws: KafkaError.self) { try await reader.pause([second]) }
        #expect(pause?.kind == .rebalancing)
        await #expect(throws: KafkaError.self) { try await reader.seek(second, to: 1) }
        await reader.close()
    }

    @Test(arguments: [5, 400])
    func `a slow reader bounds the buffer and still gets everything in order`(batch: Int) async throws {
        try await send(numbered("orders", 0..<3000))
        var configuration = cluster.reader()
        configuration.maxBatchRecords = batch
        configuration.maxBufferedRecords = 50
        let reader = try Consumer(configuration, logger: silent)
        try await reader.assign([start(first, .beginning)])
        var texts: [String] = []
        while texts.count < 3000, let batch = try await within("a batch", { try await reader.next() }) {
            texts += batch.records.map(\.text)
            #expect(reader.loop.channel.counts.records < 50 + configuration.maxBatchRecords)
        }
        #expect(texts == (0..<3000).map(String.init))
        await reader.close()
    }

    @Test func `a reader that stops reading pauses its partitions and loses nothing`() async throws {
        try await send(numbered("orders", 0..<3000))
        var configuration = cluster.reader()
        configuration.maxBatchRecords = 100
        configuration.maxBufferedRecords = 200
        let pauses = Counter()
        let reader = try Consumer(
            configuration, logger: LineCounter.logger("reading paused: the buffer is full", pauses))
        try await reader.assign([start(first, .beginning)])
        try await within("a pause") { await pauses.reaches(1) }
        let records = try await reader.read(3000)
        #expect(records.map(\.text) == (0..<3000).map(String.init))
        await reader.close()
    }

    @Test func `an offset that is not there is told with partition and offset`() async throws {
        try await send(numbered("orders", 0..<3))
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .at(77))])
        let error = try await #require(throws: KafkaError.self) {
            _ = try await within("an error") { try await reader.next() }
        }
        #expect(error.kind == .offsetUnavailable(first, asked: 77))
        // The caller decides, and reading goes on.
        try await reader.assign([start(first, .at(1))])
        #expect(try await reader.read(2).map(\.offset) == [1, 2])
        await reader.close()
    }

    @Test func `a cancelled next loses no record`() async throws {
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        for index in 0..<20 {
            let task = Task { try await reader.next() }
            async let sent: Void = send([.text("orders", "\(index)", partition: 0)])
            task.cancel()
            // Either it was cancelled first, or the record came first.
            let early = try? await task.value
            try await sent
            var records = early?.records ?? []
            if records.isEmpty { records = try await reader.read(1) }
            #expect(records.map(\.text) == ["\(index)"])
        }
        await reader.close()
    }

    @Test func `a wait without records ends in time, and commands don't wait for a poll`() async throws {
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        let clock = ContinuousClock()
        let waits = try await clock.measure {
            for _ in 0..<100 {
                let batch = try await reader.next(within: .milliseconds(5))
                #expect(batch?.isEmpty == true)
            }
        }
        let commands = try await clock.measure {
            for _ in 0..<50 {
                try await reader.pause([first])
                try await reader.resume([first])
            }
        }
        // An idle poll lasts 100 ms: each of these would take 10 s if it sat one out every time.
        #expect(waits < .seconds(8))
        #expect(commands < .seconds(8))
        await reader.close()
    }

    @Test func `close wakes a waiting reader and may be called again`() async throws {
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        let waiting = Task { try await reader.next() }
        async let one: Void = reader.close()
        async let two: Void = reader.close()
        _ = await (one, two)
        #expect(try await waiting.value == nil)
        #expect(try await reader.next() == nil)
        let error = await #expect(throws: KafkaError.self) { try await reader.pause([first]) }
        #expect(error?.kind == .closed)
        await #expect(throws: KafkaError.self) { try await reader.watermarks(of: first, within: .seconds(1)) }
    }

    @Test func `watermarks are the first and the next offset`() async throws {
        try await send(numbered("orders", 0..<12))
        let reader = try Consumer(cluster.reader(), logger: silent)
        let (low, high) = try await reader.watermarks(of: first, within: .seconds(5))
        #expect(low == 0)
        #expect(high == 12)
        await reader.close()
    }

    @Test func `a group is demanded where one is needed`() async throws {
        let reader = try Consumer(cluster.reader(), logger: silent)
        await #expect(throws: KafkaError.self) { try await reader.subscribe(["orders"]) }
        await #expect(throws: KafkaError.self) { try await reader.assign([start(first, .committed)]) }
        await #expect(throws: KafkaError.self) {
            try await reader.commit([OffsetCommit(topicPartition: first, offset: 1)])
        }
        await reader.close()
    }

    @Test func `a reader survives brokers that are away for a while`() async throws {
        try await send(numbered("orders", 0..<5))
        let reader = try Consumer(cluster.reader(), logger: silent)
        try await reader.assign([start(first, .beginning)])
        _ = try await reader.read(5)
        try cluster.setBroker(1, isUp: false)
        #expect(try await reader.next(within: .milliseconds(300))?.isEmpty == true)
        try cluster.setBroker(1, isUp: true)
        try await send(numbered("orders", 5..<10))
        #expect(try await reader.read(5).map(\.text) == ["5", "6", "7", "8", "9"])
        await reader.close()
    }

    // MARK: Support

    private func start(_ partition: TopicPartition, _ offset: StartOffset) -> PartitionStart {
        PartitionStart(topicPartition: partition, offset: offset)
    }

    private func end(_ partition: TopicPartition, _ offset: Int64) -> PartitionEnd {
        PartitionEnd(topicPartition: partition, offset: offset)
    }

    private func send(_ records: [ProducerRecord]) async throws {
        let producer = try Producer(cluster.configuration(["linger.ms": "0"]), logger: silent)
        _ = try await producer.send(records)
        await producer.close(within: .seconds(5))
    }

    private func readToEnds(_ reader: Consumer, _ count: Int) async throws -> (
        [ConsumedRecord], [PartitionEnd]
    ) {
        try await within("reading to the ends") {
            var records: [ConsumedRecord] = []
            var ends: [PartitionEnd] = []
            while ends.count < count, let batch = try await reader.next() {
                records += batch.records
                ends += batch.ends
            }
            return (records, ends)
        }
    }
}
