import Flow
import Kafka
import Liquid
import ServiceLifecycle
import Testing

@testable import Registry

@Suite("RegistryReader", .timeLimit(.minutes(1))) struct RegistryReaderTests {
    @Test func `an empty registry is ready at once`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withReader { reader in
            #expect(reader.isReady)
            #expect(reader.directory.organizations.isEmpty)
        }
    }

    @Test func `what was there is read before it is ready, and what can't be read stops nothing`()
        async throws
    {
        let fixture = try RegistryFixture()
        try await fixture.send("organization/tea/1/a", #"{"format":1,"body":{"id":"tea"}}"#)
        try await fixture.send("organization/bad/1/a", "{")
        try await fixture.send("nonsense", "nonsense")
        try await fixture.send("organization/coffee/1/a", #"{"format":1,"body":{"id":"coffee"}}"#)
        try await fixture.withReader { reader in
            #expect(reader.directory.organizations.keys.sorted() == ["coffee", "tea"])
        }
    }

    @Test func `changes are followed, and told of`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withReader { reader in
            var changes = reader.changes.makeAsyncIterator()
            try await fixture.send("organization/tea/1/a", #"{"format":1,"body":{"id":"tea"}}"#)
            while reader.directory.organizations["tea"] == nil { await changes.next() }
            try await fixture.send("organization/tea/2/a", #"{"format":1,"deleted":true}"#)
            while reader.directory.organizations["tea"] != nil { await changes.next() }
        }
    }

    @Test func `catching up waits for what was written before`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withReader { reader in
            for version in 1...20 {
                try await fixture.send(
                    "organization/tea/\(version)/a", #"{"format":1,"body":{"id":"tea","name":"\#(version)"}}"#
                )
                try await reader.catchUp(within: RegistryFixture.limit)
                #expect(reader.directory.organizations["tea"]?.name == "\(version)")
            }
        }
    }

    @Test func `a topic that doesn't exist ends the reader with what to do`() async throws {
        let fixture = try RegistryFixture(createsTopic: false)
        fixture.cluster.setTopicError(fixture.configuration.topics.registry, 3)
        let reader = try RegistryReader(fixture.configuration, logger: fixture.logger)
        async let run: Void = reader.run()
        let error = await #expect(throws: RegistryError.self) {
            try await reader.ready(within: RegistryFixture.limit)
        }
        #expect(
            error?.description
                == "the registry's topic sluice.registry doesn't exist; run: sluice topics create")
        do {
            try await run
            Issue.record("the reader goes on without its topic")
        } catch let error as RegistryError {
            #expect(error == .topicMissing("sluice.registry"))
        }
    }

    @Test func `an unreachable broker is named, and waited for`() async throws {
        let fixture = try RegistryFixture()
        try fixture.cluster.setBroker(1, isUp: false)
        let reader = try RegistryReader(fixture.configuration, logger: fixture.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reader.run() }
            defer { group.cancelAll() }
            let error = await #expect(throws: RegistryError.self) {
                try await reader.ready(within: .seconds(3))
            }
            #expect(
                error?.description.contains("can't be read from \(fixture.cluster.bootstrapServers)") == true)
            try fixture.cluster.setBroker(1, isUp: true)
            try await reader.ready(within: RegistryFixture.limit)
        }
    }

    @Test func `a long registry may take longer than the limit, as long as something comes`() async throws {
        let board = RegistryBoard(topic: "r", historyOf: [], builtIn: Catalogue([]))
        let steps: Int64 = 6
        board.begin(at: 0, end: steps)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await board.wait(within: .seconds(2)) { $0.isReady } }
            group.addTask {
                for offset in 1...steps {
                    try await Task.sleep(for: .milliseconds(600))
                    let end = PartitionEnd(
                        topicPartition: TopicPartition(topic: "r", partition: 0), offset: offset)
                    _ = board.take(ConsumerBatch(ends: [end], generation: 0))
                }
            }
            try await group.waitForAll()
        }
        let error = await #expect(throws: RegistryError.self) {
            try await board.wait(within: .milliseconds(50)) { $0.position > steps }
        }
        #expect(error == .notReady(topic: "r", within: .milliseconds(50)))
    }

    @Test func `it is a service that ends when it is told to`() async throws {
        let fixture = try RegistryFixture()
        let reader = try RegistryReader(fixture.configuration, logger: fixture.logger)
        let group = ServiceGroup(services: [reader], logger: fixture.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await reader.ready(within: RegistryFixture.limit)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `whoever waits for a reader that ends is told`() async throws {
        let fixture = try RegistryFixture()
        let reader = try await fixture.withReader { $0 }
        await #expect(throws: RegistryError.self) {
            try await reader.ready(within: .zero)
            try await reader.catchUp(within: .seconds(1))
        }
        var changes = reader.changes.makeAsyncIterator()
        #expect(await changes.next() == nil)
    }
}
