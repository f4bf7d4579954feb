import Synchronization
import Testing

@testable import Kafka

/// Consumers in a group. The in-process cluster lets a group's first join take about three seconds.
@Suite(.timeLimit(.minutes(2)))
struct GroupTests {
    enum Event: Equatable {
        case assigned([TopicPartition])
        case revoked([TopicPartition])
    }

    let cluster: MockCluster
    let partitions = (0..<4).map { TopicPartition(topic: "orders", partition: $0) }

    init() throws {
        cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 4)
        try cluster.createTopic("waiting", partitions: 4)
    }

    @Test func `what one member commits, metadata included, the next goes on from`() async throws {
        try await send(numbered("orders", 0..<10, partition: 0))
        let first = try Consumer(cluster.member("g"), logger: silent)
        try await first.subscribe(["orders"])
        _ = try await first.read(10)
        try await first.commit([
            OffsetCommit(topicPartition: partitions[0], offset: 6, metadata: "8-9 é"),
            OffsetCommit(topicPartition: partitions[1], offset: 0, metadata: ""),
        ])
        let committed = try await first.committed(partitions, within: .seconds(10))
        #expect(
            committed.sorted { $0.topicPartition < $1.topicPartition } == [
                OffsetCommit(topicPartition: partitions[0], offset: 6, metadata: "8-9 é"),
                OffsetCommit(topicPartition: partitions[1], offset: 0),
            ])
        await first.close()

        let second = try Consumer(cluster.member("g"), logger: silent)
        try await second.subscribe(["orders"])
        #expect(try await second.read(4).map(\.text) == ["6", "7", "8", "9"])
        await second.close()
    }

    @Test func `subscribing again with another topic is a rebalance like any other`() async throws {
        let events = Journal<Event>()
        let member = try Consumer(
            cluster.member("g"),
            hooks: RebalanceHooks(
                assigned: { partitions in
                    events.append(.assigned(partitions.sorted()))
                    return partitions.map { PartitionStart(topicPartition: $0, offset: .beginning) }
                }, revoked: { partitions, _ in events.append(.revoked(partitions)) }), logger: silent)
        try await member.subscribe(["orders"])
        try await within("an assignment") { await events.counter.reaches(1) }
        try await member.subscribe(["orders", "waiting"])
        try await within("another assignment") { await events.counter.reaches(3) }
        let waiting = (0..<4).map { TopicPartition(topic: "waiting", partition: $0) }
        #expect(
            events.all == [.assigned(partitions), .revoked(partitions), .assigned(partitions + waiting)])
        try await send(numbered("waiting", 0..<3, partition: 2) + numbered("orders", 5..<6, partition: 1))
        #expect(Set(try await member.read(4).map(\.text)) == ["0", "1", "2", "5"])
        await member.close()
    }

    @Test func `an error of one partition's commit surfaces`() async throws {
        let member = try Consumer(cluster.member("g"), logger: silent)
        // OFFSET_METADATA_TOO_LARGE
        cluster.pushRequestErrors(apiKey: 8, [12])
        let error = await #expect(throws: KafkaError.self) {
            try await member.commit([OffsetCommit(topicPartition: partitions[0], offset: 1)])
        }
        #expect(error?.name == "OFFSET_METADATA_TOO_LARGE")
        await member.close()
    }

    @Test func `the assigned hook chooses where to start and adds partitions of another topic`() async throws
    {
        try await send(
            numbered("orders", 0..<10, partition: 0) + numbered("waiting", 100..<105, partition: 0))
        let hooks = RebalanceHooks(assigned: { partitions in
            partitions.flatMap { partition in
                [
                    PartitionStart(topicPartition: partition, offset: .at(partition.partition == 0 ? 7 : 0)),
                    PartitionStart(
                        topicPartition: TopicPartition(topic: "waiting", partition: partition.partition),
                        offset: .beginning),
                ]
            }
        })
        let member = try Consumer(cluster.member("g"), hooks: hooks, logger: silent)
        try await member.subscribe(["orders"])
        let texts = try await member.read(8).map(\.text)
        #expect(texts.filter { $0.count == 1 } == ["7", "8", "9"])
        #expect(texts.filter { $0.count == 3 } == ["100", "101", "102", "103", "104"])
        await member.close()
    }

    @Test func `a group without offsets starts at the beginning where the hook says so`() async throws {
        try await send(numbered("orders", 0..<3, partition: 0) + numbered("orders", 10..<13, partition: 1))
        let hooks = RebalanceHooks(assigned: { partitions in
            partitions.map { PartitionStart(topicPartition: $0, offset: .committedOrBeginning) }
        })
        let member = try Consumer(cluster.member("g", offsetReset: .error), hooks: hooks, logger: silent)
        try await member.commit([OffsetCommit(topicPartition: partitions[1], offset: 2)])
        try await member.subscribe(["orders"])
        #expect(Set(try await member.read(4).map(\.text)) == ["0", "1", "2", "12"])
        await member.close()
    }

    @Test func `a group without offsets is an error where nothing else was said`() async throws {
        let member = try Consumer(cluster.member("g", offsetReset: .error), logger: silent)
        try await member.subscribe(["orders"])
        let error = try await #require(throws: KafkaError.self) {
            _ = try await within("an error") { try await member.next() }
        }
        guard case .offsetUnavailable(let partition, asked: nil) = error.kind else {
            Issue.record("\(error)")
            return
        }
        #expect(partitions.contains(partition))
        await member.close()
    }

    @Test func `a second member takes over without loss, and the hooks are called in order`() async throws {
        let records = partitions.flatMap { numbered("orders", 0..<500, partition: $0.partition) }
        try await send(records)
        let read = Harvest()
        let members = [GroupMember(read), GroupMember(read)]
        try await members[0].start(in: cluster)
        try await within("the first assignment") { await members[0].events.counter.reaches(1) }
        #expect(members[0].events.all == [.assigned(partitions)])
        try await within("half of the records") { await read.counter.reaches(500) }
        try await members[1].start(in: cluster)
        try await within("the second assignment") { await members[1].events.counter.reaches(1) }
        try await send(partitions.flatMap { numbered("orders", 500..<600, partition: $0.partition) })
        try await within("all records") { await read.counter.reaches(2400) }
        for member in members { await member.stop() }
        #expect(members[0].events.all.prefix(2) == [.assigned(partitions), .revoked(partitions)])
        for member in members {
            guard case .revoked? = member.events.all.last else {
                Issue.record("\(member.events.all)")
                return
            }
        }
    }

    @Test func `a close during a rebalance ends both members`() async throws {
        let members = [GroupMember(), GroupMember()]
        try await members[0].start(in: cluster)
        try await within("the first assignment") { await members[0].events.counter.reaches(1) }
        try await members[1].start(in: cluster)
        try await within("two closes") {
            async let one: Void = members[0].stop()
            async let two: Void = members[1].stop()
            _ = await (one, two)
        }
        #expect(members[0].events.all == [.assigned(partitions), .revoked(partitions)])
    }

    @Test func `a hook that takes too long is not waited for`() async throws {
        try await send(numbered("orders", 0..<3, partition: 0))
        let hooks = RebalanceHooks(
            assigned: { partitions in
                // Cancelled when the bound has passed.
                try? await Task.sleep(for: .seconds(60))
                return []
            }, bound: .milliseconds(50))
        let member = try Consumer(cluster.member("g"), hooks: hooks, logger: silent)
        try await member.subscribe(["orders"])
        #expect(try await member.read(3).map(\.text) == ["0", "1", "2"])
        await member.close()
    }

    @Test func `pause works inside a hook`() async throws {
        try await send(numbered("orders", 0..<3, partition: 0))
        let revoked = Journal<Result<Void, any Error>>()
        let box = Mutex<Consumer?>(nil)
        let hooks = RebalanceHooks(revoked: { partitions, _ in
            let member = box.withLock { $0 }
            do {
                try await member?.pause(partitions)
                try await member?.commit([OffsetCommit(topicPartition: partitions[0], offset: 2)])
                revoked.append(.success(()))
            } catch {
                revoked.append(.failure(error))
            }
        })
        let member = try Consumer(cluster.member("g"), hooks: hooks, logger: silent)
        box.withLock { $0 = member }
        try await member.subscribe(["orders"])
        _ = try await member.read(3)
        try await within("a close") { await member.close() }
        #expect(try revoked.all.map { try $0.get() }.count == 1)
        box.withLock { $0 = nil }
    }

    @Test func `a fatal error comes back at every call`() async throws {
        // librdkafka knows fatal errors only of static members: they are how fencing is told.
        var configuration = cluster.member("g")
        configuration.groupInstanceID = "one"
        let member = try Consumer(configuration, logger: silent)
        try await member.subscribe(["orders"])
        try member.raiseFatalError()
        for _ in 0..<2 {
            let error = await #expect(throws: KafkaError.self) { try await member.next() }
            #expect(error?.isFatal == true)
            #expect(error?.kind == .fenced)
        }
        try await within("a close") { await member.close() }
    }

    @Test func `a member that is dropped without closing leaves its group`() async throws {
        let events = Journal<Event>()
        var member: Consumer? = try Consumer(
            cluster.member("g"),
            hooks: RebalanceHooks(
                assigned: { partitions in
                    events.append(.assigned(partitions.sorted()))
                    return partitions.map { PartitionStart(topicPartition: $0, offset: .beginning) }
                }, revoked: { partitions, _ in events.append(.revoked(partitions)) }), logger: silent)
        try await member?.subscribe(["orders"])
        try await within("an assignment") { await events.counter.reaches(1) }
        member = nil
        try await within("a revocation") { await events.counter.reaches(2) }
        #expect(events.all == [.assigned(partitions), .revoked(partitions)])
    }

    @Test func `a close ends although no broker answers`() async throws {
        let member = GroupMember()
        try await member.start(in: cluster)
        try await within("an assignment") { await member.events.counter.reaches(1) }
        try cluster.setBroker(1, isUp: false)
        try await within("a close") { await member.stop() }
        #expect(member.events.all == [.assigned(partitions), .revoked(partitions)])
    }

    private func send(_ records: [ProducerRecord]) async throws {
        let producer = try Producer(cluster.configuration(["linger.ms": "0"]), logger: silent)
        _ = try await producer.send(records)
        await producer.close(within: .seconds(5))
    }
}

/// A member that notes what it reads and commits it when its partitions are taken away.
private final class GroupMember: Sendable {
    let events = Journal<GroupTests.Event>()
    /// `topic[partition]@offset` of each record.
    private let read: Harvest
    private let positions = Mutex<[TopicPartition: Int64]>([:])
    private let consumer = Mutex<Consumer?>(nil)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(_ read: Harvest = Harvest()) {
        self.read = read
    }

    func start(in cluster: MockCluster) async throws {
        let hooks = RebalanceHooks(
            assigned: { [weak self] partitions in
                self?.events.append(.assigned(partitions.sorted()))
                return partitions.map { PartitionStart(topicPartition: $0, offset: .committed) }
            },
            revoked: { [weak self] partitions, _ in await self?.drain(partitions) })
        var configuration = cluster.member("g")
        configuration.maxBatchRecords = 50
        let new = try Consumer(configuration, hooks: hooks, logger: silent)
        consumer.withLock { $0 = new }
        try await new.subscribe(["orders"])
        task.withLock {
            $0 = Task { [weak self] in while let batch = try await new.next() { self?.note(batch) } }
        }
    }

    func stop() async {
        await consumer.withLock { $0 }?.close()
        _ = await task.withLock { $0 }?.result
    }

    private func note(_ batch: ConsumerBatch) {
        for record in batch.records {
            positions.withLock { $0[record.topicPartition] = record.offset + 1 }
            read.insert("\(record.topicPartition)@\(record.offset)")
        }
    }

    private func drain(_ partitions: [TopicPartition]) async {
        let offsets = positions.withLock { positions in
            let due = positions.filter { partitions.contains($0.key) }
            for partition in partitions { positions[partition] = nil }
            return due.map { OffsetCommit(topicPartition: $0.key, offset: $0.value) }
        }
        // A commit that comes too late only means that the next member reads these records again.
        try? await consumer.withLock { $0 }?.commit(offsets)
        events.append(.revoked(partitions))
    }
}
