import Connectors
import Flow
import Foundation
import Kafka
import Liquid
import Logging
import TestSupport
import Testing

@testable import sluice

/// `emit` as a program, against a broker within this process and nobody who takes the events.
@Suite(.timeLimit(.minutes(5))) struct EmitProgramTests {
    private static func cluster() throws -> MockCluster {
        let (cluster, topics) = (try MockCluster(), Topics())
        for topic in [topics.runs, topics.dead, topics.triggers("klevu"), topics.triggers("loyaltylion")] {
            try cluster.createTopic(topic, partitions: 1)
        }
        return cluster
    }

    @Test func `the time-out of --watch begins after the last event, however slow the rate is`() async throws
    {
        let cluster = try Self.cluster()
        let program = try await Program.run(
            [
                "emit", "loyaltylion/moved-up-tier", "--store", "a.b", "--count", "2", "--rate", "0.3",
                "--watch",
                "--timeout", "1", "--seed", "7", "--bootstrap-servers", cluster.bootstrapServers,
            ])
        #expect(program.status == .code(1))
        #expect(program.text.contains("2 events emitted"), "\(program)")
        #expect(program.text.contains("seed 7"))
        #expect(program.errors.first == "sluice: 2 of 2 events had not ended 1 s after the last was sent")
    }

    @Test func `a store that the registry lacks is warned of, and nothing waits for a registry`() async throws
    {
        let cluster = try Self.cluster()
        let arguments = [
            "emit", "loyaltylion/moved-up-tier", "--store", "tea-hose.example", "--bootstrap-servers",
            cluster.bootstrapServers,
        ]
        let without = try await Program.run(arguments)
        #expect(without.status == .code(0))
        #expect(without.errors.isEmpty, "\(without.errors)")
        let topics = Topics()
        try cluster.createTopic(topics.registry, partitions: 1)
        let store = RegistryEntry(
            kind: .store, id: "tea-house.example", version: 1, nonce: "n",
            body: ["domain": "tea-house.example", "apps": .array([])])
        let producer = try Producer(
            KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), logger: Logger(label: "test"))
        _ = try await producer.send([
            ProducerRecord(
                topic: topics.registry, partition: 0, key: Array(store.key.utf8), value: store.value.jsonBytes
            )
        ])
        await producer.close(within: .seconds(5))
        let mistyped = try await Program.run(arguments)
        #expect(mistyped.status == .code(0))
        #expect(
            mistyped.errors == [
                "warning: the registry has no store “tea-hose.example”, so that its events are refused; did you mean "
                    + "tea-house.example? list all with: sluice get stores"
            ])
    }

    @Test(arguments: [
        ["emit", "loyaltylion/moved-up-tier", "--store", "a.b"], ["get", "stores"], ["dead", "list"],
    ])
    func `a Kafka that doesn't answer is told of in the same words by all`(arguments: [String]) async throws {
        let program = try await Program.run(arguments + ["--bootstrap-servers", "127.0.0.1:1"])
        #expect(program.status == .code(1))
        #expect(program.errors.first == "sluice: Kafka did not answer at 127.0.0.1:1", "\(program.errors)")
        #expect(program.errors.last?.hasPrefix("  do: check that a broker runs there") == true)
    }

    /// A seed whose first two payloads of klevu's only trigger have two top searches and whose third has fewer.
    private static func seed() throws -> UInt64 {
        let change = try PayloadChange("topSearches.1.count=5")
        return try #require(
            (0..<5_000).first { seed in
                guard let trigger = try? trigger() else { return false }
                var maker = EventMaker(triggers: [trigger], stores: .named(["a.b"]), count: 3, seed: seed)
                maker.changes = [change]
                do {
                    for _ in 0..<2 { _ = try maker.next() }
                } catch {
                    return false
                }
                return (try? maker.next()) == nil
            })
    }

    private static func trigger() throws -> NamedTrigger {
        let catalogue = try Catalogue.builtIn()
        let connector = try catalogue.named("klevu")
        return NamedTrigger(connector: connector, trigger: try #require(connector.triggers.first))
    }

    private static func arguments() throws -> [String] {
        [
            "emit", "\(try trigger().reference)", "--store", "a.b", "--count", "3", "--seed", "\(try seed())",
            "--set",
            "topSearches.1.count=5",
        ]
    }

    @Test func `a later payload that can't be made is told with how much was sent before`() async throws {
        let cluster = try Self.cluster()
        let program = try await Program.run(
            Self.arguments() + ["--bootstrap-servers", cluster.bootstrapServers])
        #expect(program.status == .code(2))
        #expect(program.text.contains("2 events emitted"), "\(program)")
        #expect(program.errors.contains("  2 of 3 events were sent before it"), "\(program.errors)")
    }

    @Test func `a dry run's JSON is whole, also where a later record can't be made`() async throws {
        let program = try await Program.run(Self.arguments() + ["--dry-run", "--output", "json"])
        #expect(program.status == .code(2))
        #expect(try JSONParser.parse(program.text).arrayValue?.count == 2)
    }

    @Test func `a payload beyond what is read names the limit`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path(of: "large.json")
        try "{\"a\": \"\(String(repeating: "x", count: 10_000_000))\"}"
            .write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: CommandError.self) { try PayloadFile.read(path) }
        #expect(error?.what == "the payload is larger than 10000000 bytes, the most that is read")
        #expect(error?.code == .wrongUse)
    }
}
