import Flow
import Kafka
import Liquid
import Logging
import TestSupport
import Testing

/// `pause`, `resume` and `cancel` as programs, against a broker within this process, which stamps nothing.
@Suite(.timeLimit(.minutes(5))) struct StopProgramTests {
    private static func cluster() async throws -> MockCluster {
        let (cluster, topics) = (try MockCluster(), Topics())
        for topic in [topics.registry, topics.waiting("slack")] {
            try cluster.createTopic(topic, partitions: 1)
        }
        let connection: JSON = [
            "connector": "slack", "endpoint": "https://old.example/token-3f9", "sealed_secrets": .array([]),
        ]
        let entries = [
            RegistryEntry(
                kind: .workflow, id: "gone", version: 1, nonce: "a",
                body: [
                    "id": "gone", "store": "a.b", "trigger": "okendo/review-created", "steps": .array([]),
                ]),
            RegistryEntry(kind: .workflow, id: "gone", version: 2, nonce: "a", body: nil),
            RegistryEntry(kind: .connection, id: "slack@*", version: 1, nonce: "a", body: connection),
            RegistryEntry(kind: .connection, id: "slack@*", version: 2, nonce: "a", body: nil),
        ]
        let producer = try Producer(
            KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), logger: Logger(label: "test"))
        _ = try await producer.send(
            entries.map {
                ProducerRecord(
                    topic: topics.registry, partition: 0, key: Array($0.key.utf8), value: $0.value.jsonBytes)
            })
        await producer.close(within: .seconds(5))
        return cluster
    }

    private static func sluice(_ arguments: [String], _ cluster: MockCluster) async throws -> Program {
        try await Program.run(arguments + ["--bootstrap-servers", cluster.bootstrapServers])
    }

    private static func json(_ program: Program) throws -> JSON {
        try JSONParser.parse(Array(program.text.utf8))
    }

    @Test func `a cancelled workflow may be gone, a mistyped one wants --force`() async throws {
        let cluster = try await Self.cluster()
        let gone = try await Self.sluice(
            ["cancel", "workflow", "gone", "--reason", "wrong segment", "--output", "json"], cluster)
        #expect(gone.status == .code(0), "\(gone)")
        #expect(try Self.json(gone)["clock"] == "machine")
        let moment = try #require(Self.json(gone)["before_ms"]?.integerValue)
        let earlier = try await Self.sluice(["cancel", "workflow", "gone", "--before", "1h"], cluster)
        #expect(earlier.text.contains("by this machine's clock"))
        let list = try await Self.sluice(["get", "cancellations", "--output", "json"], cluster)
        // The later moment of two counts.
        #expect(try Self.json(list).arrayValue?.map { $0["before_ms"] } == [.integer(moment)])
        #expect(try Self.json(list).arrayValue?.map { $0["reason"] } == ["wrong segment"])

        let typo = try await Self.sluice(["cancel", "workflow", "gnoe"], cluster)
        #expect(typo.status == .code(1))
        #expect(
            typo.errors.first == "sluice: there is no workflow “gnoe”, and the registry remembers none",
            "\(typo)")
        #expect(typo.errors.joined().contains("--force"))
        let forced = try await Self.sluice(["cancel", "workflow", "gnoe", "--force"], cluster)
        #expect(forced.status == .code(0), "\(forced)")
        let wrong = try await Self.sluice(["cancel", "workflow", "gone", "--before", "soon"], cluster)
        #expect(wrong.status == .code(2))
    }

    @Test func `pauses: an old endpoint, a second reason, and a name that nobody knows`() async throws {
        let cluster = try await Self.cluster()
        let endpoint = ["endpoint", "https://old.example/token-3f9"]
        let first = try await Self.sluice(["pause"] + endpoint + ["--reason", "first"], cluster)
        #expect(
            first.output == [
                "endpoint https://old.example is paused; go on with: sluice resume endpoint https://old.example"
            ], "\(first)")
        let same = try await Self.sluice(["pause"] + endpoint, cluster)
        #expect(same.output == ["endpoint https://old.example was paused already"])
        let second = try await Self.sluice(
            ["pause"] + endpoint + ["--reason", "second", "--output", "json"], cluster)
        #expect(try Self.json(second)["paused"] == false)
        let list = try await Self.sluice(["get", "pauses", "--output", "json"], cluster)
        let pause = try Self.json(list).arrayValue?.first
        #expect(pause?["reason"] == "second")
        #expect(pause?["since_ms"]?.integerValue != nil)
        let table = try await Self.sluice(["get", "pauses"], cluster)
        #expect(table.output.first?.contains("SINCE") == true)

        let typo = try await Self.sluice(["resume", "endpoint", "https://odl.example"], cluster)
        #expect(typo.status == .code(1), "\(typo)")
        let resumed = try await Self.sluice(["resume"] + endpoint, cluster)
        #expect(resumed.output == ["endpoint https://old.example goes on"])
        let again = try await Self.sluice(["resume"] + endpoint, cluster)
        #expect(again.status == .code(0))
        #expect(again.output == ["endpoint https://old.example was not paused; see: sluice get pauses"])
        let listener = try await Self.sluice(["pause", "connector", "okendo"], cluster)
        #expect(listener.status == .code(1), "\(listener)")
        #expect(!(first.text + list.text + table.text + typo.text).contains("token-3f9"))
    }
}
