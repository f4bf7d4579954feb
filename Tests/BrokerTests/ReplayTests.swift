// Dead letters sent again by the program, with the roles as processes beside it.

import Flow
import Foundation
import Liquid
import MockVendor
import Pipeline
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Replays {
        private static let broken = "rules:\n  - { action: slack/send-message, answers: [401] }"

        /// Runs `dead replay` to its end.
        private static func replay(_ cluster: Cluster, _ arguments: [String]) async throws -> JSON {
            let child = try await cluster.sluice(["dead", "replay", "--output", "json"] + arguments)
            return try JSONParser.parse(Array(child.standardOutput.joined(separator: "\n").utf8))
        }

        private static func delivered(_ cluster: Cluster) -> [String] {
            cluster.vendor.log.entries().filter(\.isSuccess).map(\.runID)
        }

        @Test(.timeLimit(.minutes(4)), arguments: [DeliveryMode.exactlyOnce, .atLeastOnce])
        func `letters of an app that was broken are sent again once, and their runs succeed under their ids`(
            mode: DeliveryMode
        ) async throws {
            let setup = ClusterSetup(mode: mode, script: Self.broken, workflows: TestManifest.oneStep)
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produce((0..<40).map { cluster.event("e\($0)", store: 1 + $0 % 4) })
                _ = try await cluster.runs.end(ofEvents: 40, within: .seconds(90))
                let letters = try await cluster.deadLetters()
                let ids = Set(letters.compactMap { $0.actionRun?.description })
                #expect(letters.count == 40)
                #expect(ids.count == 40)

                // Still broken: what comes back is told apart.
                let first = try await Self.replay(cluster, ["--connector", "slack", "--max", "3"])
                #expect(first["replayed"] == 3)
                _ = try await cluster.runs.wait("43 ends", within: .seconds(60)) { $0.endCount >= 43 }
                let list = try await cluster.sluice([
                    "dead", "list", "--state", "failed-again", "--output", "json",
                ])
                let again = try JSONParser.parse(Array(list.standardOutput.joined().utf8)).arrayValue ?? []
                #expect(again.count == 3)
                #expect(again.allSatisfy { $0["replay"] == 1 })

                cluster.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
                let second = try await Self.replay(cluster, ["--stage", "rejected"])
                #expect(second["replayed"] == 40, "37 that are open and 3 that failed again")
                _ = try await cluster.runs.wait("83 ends", within: .seconds(60)) { $0.endCount >= 83 }
                let delivered = Self.delivered(cluster)
                #expect(delivered.count == 40)
                #expect(Set(delivered) == ids, "under the same ids")

                let third = try await Self.replay(cluster, ["--stage", "rejected"])
                #expect(third["replayed"] == 0)
                #expect(third["matched"] == 43)
                #expect(Self.delivered(cluster).count == 40)
                #expect(try await cluster.deadLetters().count == 43)
                #expect(cluster.runs.history.count(lastEnd: "succeeded") == 40)
            }
        }

        @Test(.timeLimit(.minutes(4)))
        func `a replay that is killed goes on with what is open, and sends nothing twice`() async throws {
            let setup = ClusterSetup(script: Self.broken, workflows: TestManifest.oneStep)
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produce((0..<60).map { cluster.event("e\($0)", store: 1 + $0 % 4) })
                _ = try await cluster.runs.end(ofEvents: 60, within: .seconds(90))
                cluster.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
                for goal in [10, 30] {
                    let process = try await cluster.startProgram(["dead", "replay", "--all", "--rate", "5"])
                    try await cluster.vendor.log.wait(within: .seconds(60)) { $0.succeededRuns >= goal }
                    try await process.kill()
                }
                let report = try await Self.replay(cluster, ["--all"])
                let last = try #require(report["replayed"]?.integerValue)
                #expect((1..<50).contains(last))
                #expect(report["matched"] == 60)
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.succeededRuns >= 60 }
                _ = try await cluster.runs.wait("120 ends", within: .seconds(60)) { $0.endCount >= 120 }
                #expect(Self.delivered(cluster).count == 60)
                #expect(Set(Self.delivered(cluster)).count == 60)
                let actions = try await cluster.records(of: cluster.topics.actions("slack"))
                #expect(actions.count == 120, "each run's record, and one copy of it")
                #expect(try await Self.replay(cluster, ["--all"])["replayed"] == 0)
            }
        }

        @Test(.timeLimit(.minutes(4)))
        func `two replays at once are one: the second takes over, and the first says so`() async throws {
            let setup = ClusterSetup(script: Self.broken, workflows: TestManifest.oneStep)
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produce((0..<40).map { cluster.event("e\($0)", store: 1 + $0 % 4) })
                _ = try await cluster.runs.end(ofEvents: 40, within: .seconds(90))
                cluster.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
                let slow = try await cluster.startProgram(["dead", "replay", "--all", "--rate", "2"])
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.succeededRuns >= 2 }
                let report = try await Self.replay(cluster, ["--all"])
                #expect(report["replayed"]?.integerValue ?? 0 > 0)
                #expect(try await slow.child.wait(within: .seconds(60)) == .code(1))
                #expect(slow.child.standardError.joined().contains("took this one's place"))
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.succeededRuns >= 40 }
                let actions = try await cluster.records(of: cluster.topics.actions("slack"))
                #expect(actions.count == 80, "each run's record, and one copy of it")
            }
        }
    }
}
