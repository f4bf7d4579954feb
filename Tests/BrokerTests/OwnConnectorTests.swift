// A connector of a user's own on a broker, with the commands of docs/Connectors.md.

import Foundation
import MockVendor
import Pipeline
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct OwnConnectors {
        private static let example = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/own-connector.yaml").path(percentEncoded: false)

        private static func apply(_ cluster: Cluster) async throws {
            let text = try String(contentsOfFile: example, encoding: .utf8)
                .replacing(
                    "${MOCK_VENDOR:-http://127.0.0.1:9090}",
                    with: "http://127.0.0.1:\(try await cluster.vendor.port)")
            try await cluster.apply(text)
            try await cluster.sluice([
                "topics", "create", "--partitions", "\(ClusterSetup.partitions)", "--replication", "1",
                "--connectors", "tea-club",
            ])
        }

        private static func emit(_ cluster: Cluster, _ count: Int, seed: Int) async throws {
            try await cluster.sluice(
                [
                    "emit", "tea-club/member-joined", "--store", "tea-club.myshopify.com", "--count",
                    "\(count)", "--seed", "\(seed)", "--set", "level=bud", "--watch",
                ], within: .seconds(120))
        }

        struct Case: Sendable, CustomTestStringConvertible {
            let broker: Broker.Kind
            let mode: DeliveryMode
            let isStatic: Bool
            var testDescription: String { "\(isStatic ? "static" : "dynamic") on \(broker.rawValue)" }
        }

        @Test(
            .timeLimit(.minutes(6)),
            arguments: [
                Case(broker: .noidaDB, mode: .exactlyOnce, isStatic: true),
                Case(broker: .tansu, mode: .atLeastOnce, isStatic: false),
            ])
        func `workers that run take it up without a restart`(_ test: Case)
            async throws
        {
            try await Cluster.run(ClusterSetup(broker: test.broker, mode: test.mode)) { cluster in
                try await cluster.sluice(
                    ["topics", "create", "--partitions", "1", "--replication", "1"], within: .seconds(120))
                let worker = try await cluster.start(
                    "matcher sender", "w1", isStatic: test.isStatic, connectors: nil)
                try await cluster.produceMixed(0..<20)
                _ = try await cluster.runs.end(ofEvents: 20, within: .seconds(120))
                try await Self.apply(cluster)
                try await Self.emit(cluster, 20, seed: 1)
                try await cluster.produceMixed(20..<40)
                _ = try await cluster.runs.end(ofEvents: 60, within: .seconds(120))
                #expect(try await worker.stop() == .code(0))
                var expected = 20
                // The stand-ins keep a static member for good that doesn't come back, or have no ends of partitions.
                if cluster.broker.kind == .external {
                    _ = try await cluster.start(
                        "matcher sender", "w1", isStatic: test.isStatic, connectors: nil)
                    try await Self.emit(cluster, 20, seed: 2)
                    expected += 20
                }
                let gifts = cluster.vendor.log.entries().filter { $0.action == "tea-club/send-gift" }
                #expect(Set(gifts.map(\.runID)).count == expected)
                #expect(gifts.allSatisfy { $0.isSignatureValid == true })
                if test.mode == .exactlyOnce { #expect(gifts.count == expected) }
            }
        }

        @Test(.timeLimit(.minutes(6)))
        func `a worker may serve it alone`() async throws {
            try await Cluster.run(ClusterSetup()) { cluster in
                try await Self.apply(cluster)
                let worker = try await cluster.start("matcher sender", "club", connectors: ["tea-club"])
                try await Self.emit(cluster, 20, seed: 1)
                #expect(try await worker.stop() == .code(0))
                #expect(cluster.vendor.log.entries().count == 20)
            }
        }
    }
}
