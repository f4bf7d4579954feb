import Flow
import Foundation
import Kafka
import Liquid
import TestSupport
import Testing

/// docs/own-connector.yaml by the program, against a broker within this process.
@Suite(.timeLimit(.minutes(5))) struct OwnConnectorProgramTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let example = root.appending(path: "docs/own-connector.yaml").path(percentEncoded: false)

    /// A registry, and the topics that everything needs.
    private static func cluster() throws -> MockCluster {
        let (cluster, topics) = (try MockCluster(), Topics())
        for topic in [topics.registry, topics.runs, topics.dead] {
            try cluster.createTopic(topic, partitions: 1)
        }
        return cluster
    }

    private static func run(_ arguments: [String], _ cluster: MockCluster?) async throws -> Program {
        try await Program.run(
            arguments,
            environment: [
                "KAFKA_BOOTSTRAP_SERVERS": cluster?.bootstrapServers ?? "",
                "SLUICE_EXAMPLE_SECRET": "example",
                "SLUICE_SECRETS_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ])
    }

    @Test func `it is applied with a hint, and the commands know it from then on`() async throws {
        let cluster = try Self.cluster()
        let applied = try await Self.run(["apply", "-f", Self.example], cluster)
        #expect(applied.status == .code(0), "\(applied.errors)")
        #expect(applied.text.contains("4 created"))
        #expect(
            applied.errors.contains {
                $0.contains("the cluster has no topic") && $0.contains("sluice.triggers.tea-club")
                    && $0.contains("sluice topics create")
            }, "\(applied.errors)")
        let list =
            try JSONParser.parse(
                try await Self.run(["connectors", "list", "--output", "json"], cluster).text
            ).arrayValue ?? []
        #expect(list.count == 54)
        #expect(list.filter { $0["own"] == true }.map { $0["id"] } == ["tea-club"])
        let shown = try await Self.run(["connectors", "show", "tea-club"], cluster)
        #expect(shown.text.contains("action tea-club/send-gift: Send a gift"))
        let got = try await Self.run(["get", "connectors"], cluster)
        #expect(got.output.last?.split(separator: " ").first == "tea-club", "\(got)")
        let emitted = try await Self.run(
            [
                "emit", "tea-club/member-joined", "--store", "tea-club.myshopify.com", "--seed", "1",
                "--dry-run",
            ],
            cluster)
        #expect(emitted.status == .code(0), "\(emitted.errors)")
        #expect(emitted.text.contains("tea-club.member-joined"))
        let again = try await Self.run(["apply", "-f", Self.example], cluster)
        #expect(again.text.contains("0 created, 0 changed, 4 unchanged"), "\(again)")
    }

    @Test func `without a broker there are those that ship`() async throws {
        let list = try await Self.run(["connectors", "list", "--output", "json"], nil)
        #expect(list.status == .code(0))
        #expect(try JSONParser.parse(list.text).arrayValue?.count == 53)
        #expect(try await Self.run(["connectors", "show", "slack"], nil).status == .code(0))
        let unknown = try await Self.run(["connectors", "show", "tea-club"], nil)
        #expect(unknown.status == .code(2))
        #expect(unknown.errors.first == "sluice: no connector is called “tea-club”")
    }

    @Test func `a registry that can't be read hides none of those that ship`() async throws {
        let list = try await Program.run(
            ["connectors", "list", "--output", "json", "--bootstrap-servers", "127.0.0.1:1"])
        #expect(list.status == .code(0))
        #expect(try JSONParser.parse(list.text).arrayValue?.count == 53)
        #expect(list.errors.contains { $0.hasPrefix("note: connectors of your own are not listed: ") })
        let shown = try await Program.run(
            ["connectors", "show", "slack", "--bootstrap-servers", "127.0.0.1:1"])
        #expect(shown.status == .code(0), "those that ship need no broker")
    }
}
