// `sluice verify` as operators run it: beside workers that are processes of their own.

import Flow
import Foundation
import Liquid
import Pipeline
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Verify {
        private static func registryIsClean(_ cluster: Cluster) async throws -> Bool {
            let stores = try await cluster.sluice(["get", "stores", "--output", "json"])
            let workflows = try await cluster.sluice(["get", "workflows", "--output", "json"])
            return !(stores.lines + workflows.lines).contains { $0.contains("sluice-verify-") }
        }

        @Test(.timeLimit(.minutes(3)))
        func `a sound cluster is verified through a vendor's failures, and nothing is left of it`()
            async throws
        {
            try await Cluster.run { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                let port = try await LoopbackPort.free()
                let program = try await cluster.sluice(
                    [
                        "verify", "--events", "300", "--rate", "150", "--stores", "4", "--keys", "20",
                        "--failures", "20", "--output", "json", "--listen", "127.0.0.1:\(port)",
                        // Without a path, as operators write it.
                        "--endpoint", "http://127.0.0.1:\(port)",
                    ])
                let report = try JSONParser.parse(program.standardOutput.joined(separator: "\n"))
                #expect(report["sound"] == true)
                #expect(report["events"] == 300 && report["succeeded"] == 300 && report["delivered"] == 300)
                #expect(try #require(report["requests"]?.integerValue) > 330, "some were tried again")
                #expect(try await Self.registryIsClean(cluster))
            }
        }

        /// The worker's kill is noted in the file, and explains what it repeats.
        @Test(.timeLimit(.minutes(4)))
        func `a kill that is noted explains what it repeats`() async throws {
            let folder = try TemporaryDirectory()
            let path = folder.path(of: "done.jsonl")
            try Data().write(to: URL(fileURLWithPath: path))
            let setup = ClusterSetup(
                mode: .atLeastOnce, environment: ["SLUICE_SENDER_OPEN_LIMIT": "64"])
            try await Cluster.run(setup) { cluster in
                let workers = try await cluster.start(matchers: 1, senders: 1)
                let program = try await cluster.startProgram([
                    "verify", "--events", "1000", "--rate", "200", "--disturbances", path, "--open-limit",
                    "64",
                    "--output", "json",
                ])
                // The probes are through once the first events are.
                _ = try await cluster.runs.wait("some events", within: .seconds(60)) { $0.events.count > 200 }
                let began = ProvingGround.now
                try await workers.senders[0].kill()
                _ = try await cluster.restart(workers.senders[0])
                let line: JSON = [
                    "kind": "kill", "time_ms": .integer(began), "until_ms": .integer(ProvingGround.now),
                    "process": "sender", "role": "sender",
                ]
                try Data((line.jsonText + "\n").utf8).write(to: URL(fileURLWithPath: path))
                let status = try await program.child.wait(within: .seconds(120))
                let text = program.child.standardOutput.joined(separator: "\n")
                #expect(status == .code(0), "\(text) \(program.child.standardError)")
                let report = try JSONParser.parse(text)
                #expect(report["sound"] == true && report["disturbances"]?["kill"] == 1)
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func `senders that may not deliver there are told with the setting`() async throws {
            let setup = ClusterSetup(environment: ["SLUICE_SENDER_ALLOWED_NETWORKS": "10.0.0.0/8"])
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                let program = try await cluster.sluice(
                    ["verify", "--events", "10", "--stores", "2"], expecting: 1)
                let words = program.standardError.joined(separator: "\n")
                #expect(words.contains("SLUICE_SENDER_ALLOWED_NETWORKS"), "\(words)")
                _ = try await cluster.sluice(["verify", "--clean"])
                #expect(try await Self.registryIsClean(cluster))
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func `missing topics and missing workers are told apart`() async throws {
            try await Cluster.run { cluster in
                let topics = try await cluster.sluice(
                    ["verify", "--trigger", "okendo/review-created"], expecting: 1)
                #expect(topics.standardError.joined().contains("sluice topics create"))
                let matcher = try await cluster.sluice(
                    ["verify", "--stores", "1", "--ready-timeout", "5"], expecting: 1)
                #expect(matcher.standardError.joined().contains("sluice run matcher"))
                _ = try await cluster.start("matcher", "m0")
                let sender = try await cluster.sluice(
                    ["verify", "--stores", "1", "--ready-timeout", "20"], expecting: 1)
                #expect(sender.standardError.joined().contains("sluice run sender"))
            }
        }
    }
}
