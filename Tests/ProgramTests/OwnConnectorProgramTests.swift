import Flow
import Foundation
import Glibc
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
                "SLUICE_EXAMPLE_SECRET": "example-example-example",
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

    @Test func `applied to a running dev, its first action is delivered`() async throws {
        let dev = try await Program.start(["dev", "--port", "0"])
        try await dev.waitForLine(containing: "Ctrl-C ends it", within: .seconds(120))
        let variables = Dictionary(
            uniqueKeysWithValues: dev.standardOutput.compactMap { line in
                line.firstMatch(of: /^ +export (\w+)=(.+)$/).map { (String($0.1), String($0.2)) }
            })
        let applied = try await Program.run(["apply", "-f", Self.example], environment: variables)
        #expect(applied.status == .code(0), "\(applied)")
        #expect(applied.errors.isEmpty, "dev has made its topics: \(applied.errors)")
        let emitted = try await Program.run(
            [
                "emit", "tea-club/member-joined", "--store", "tea-club.myshopify.com", "--set", "level=bud",
                "--watch",
            ],
            environment: variables)
        #expect(emitted.status == .code(0), "\(emitted)")
        #expect(emitted.text.contains("1 action delivered in 1 attempt"), "\(emitted)")
        dev.signal(SIGTERM)
        #expect(try await dev.wait(within: .seconds(60)) == .code(0))
    }

    @Test func `a second dev at the same port says that alone`() async throws {
        let dev = try await Program.start(["dev", "--port", "0"])
        try await dev.waitForLine(containing: "/v1/stores/", within: .seconds(120))
        let ports = dev.standardOutput.compactMap { $0.firstMatch(of: /127\.0\.0\.1:(\d+)\/v1/)?.1 }
        let port = try #require(ports.first)
        let second = try await Program.run(["dev", "--port", "\(port)"])
        #expect(second.status == .code(1))
        #expect(
            second.errors.first == "sluice: the gateway can't listen on 127.0.0.1:\(port)", "\(second.errors)"
        )
    }

    @Test func `a broker that takes no administrative requests is told of at once`() async throws {
        let cluster = try Self.cluster()
        let planned = try await Self.run(["topics", "create", "--dry-run"], cluster)
        #expect(planned.status == .code(0), "\(planned)")
        for line in [
            "3 exist as they should",
            "new topics are like those of their kind that exist: 1 partition, replication 1",
            "settings unknown of 3 topics that existed: there is no controller",
        ] {
            #expect(planned.output.contains(line), "\(planned)")
        }
        let began = ContinuousClock.now
        let program = try await Self.run(["topics", "create"], cluster)
        #expect(program.status == .code(1))
        #expect(
            program.errors.first?.hasPrefix("sluice: the brokers take no administrative requests") == true)
        #expect(program.errors.contains("  at: \(cluster.bootstrapServers)"), "\(program.errors)")
        #expect(began.duration(to: .now) < .seconds(20))
    }

    @Test func `without a broker there are those that ship`() async throws {
        let list = try await Self.run(["connectors", "list", "--output", "json"], nil)
        #expect(list.status == .code(0))
        #expect(try JSONParser.parse(list.text).arrayValue?.count == 53)
        #expect(try await Self.run(["connectors", "show", "slack"], nil).status == .code(0))
        let unknown = try await Self.run(["connectors", "show", "tea-club"], nil)
        #expect(unknown.status == .code(2))
        #expect(unknown.errors.first == "sluice: no connector is called “tea-club”")
        #expect(unknown.errors.last?.contains("KAFKA_BOOTSTRAP_SERVERS") == true)
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
