// A pause on its way to every sender.

import Flow
import Foundation
import Liquid
import MockVendor
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Pauses {
        private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

        @Test(.timeLimit(.minutes(6)))
        func `a pause reaches two senders within two seconds, and what it kept goes on in order`()
            async throws
        {
            try await Cluster.runOnSoundBroker(ClusterSetup()) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 2)
                try await cluster.produceMixed(0..<40)
                _ = try await cluster.runs.end(ofEvents: 40, within: .seconds(60))
                try await cluster.sluice(["pause", "connector", "slack", "--reason", "a test"])
                let paused = Self.now()
                // Load that goes on for longer than the pause may take.
                var count = 40
                while Self.now() - paused < 4_000 {
                    try await cluster.produceMixed(count..<(count + 20))
                    count += 20
                }
                let events = count
                _ = try await cluster.runs.wait("held runs at both senders", within: .seconds(60)) {
                    history in
                    history.heldCount >= 20
                }
                let resumed = Self.now()
                try await cluster.sluice(["resume", "connector", "slack"])
                let history = try await cluster.end(ofEvents: events, within: .seconds(120))
                try await cluster.expectNothingLost(history, events: events)
                #expect(cluster.inversions(history).isEmpty)
                let times = cluster.vendor.log.entries().filter { $0.connector == "slack" }.map(\.time)
                #expect(times.filter { $0 > paused + 2_000 && $0 < resumed }.isEmpty)
                #expect(times.contains { $0 >= resumed })
            }
        }

        /// What one workflow has started and not ended is held by a pause when it is deleted and cancelled.
        @Test(.timeLimit(.minutes(6)))
        func `a cancellation of what is deleted ends what waits, by the broker's time, and nothing later`()
            async throws
        {
            let setup = ClusterSetup(workflows: Self.workflow, stores: 2)
            try await Cluster.runOnSoundBroker(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.sluice(["pause", "connector", "slack"])
                try await cluster.produceMixed(0..<10, triggers: ["moved-up-tier"])
                _ = try await cluster.runs.wait("held runs", within: .seconds(60)) { $0.heldCount >= 2 }
                // Another workflow in its place: with --prune the first goes.
                try await cluster.apply(
                    TestManifest.stores(2, vendorPort: try await cluster.vendor.port)
                        + "---\n" + Self.workflow.replacing("id: gone", with: "id: stays"),
                    options: ["--prune"])
                let said = try await cluster.sluice(["cancel", "workflow", "gone", "--output", "json"])
                let report = try JSONParser.parse(Array(said.standardOutput.joined(separator: "\n").utf8))
                #expect(report["clock"] == "broker", "\(said.lines)")
                let ended = try await cluster.runs.end(ofEvents: 10, within: .seconds(60))
                #expect(ended.count(end: "cancelled") == 10)
                try await cluster.sluice(["resume", "connector", "slack"])
                try await cluster.produceMixed(10..<20, triggers: ["moved-up-tier"])
                let history = try await cluster.runs.end(ofEvents: 20, within: .seconds(60))
                #expect(history.count(end: "cancelled") == 10)
                #expect(history.count(end: "succeeded") == 10)
                #expect(Set(cluster.vendor.log.entries().map(\.runID)).count == 10)
            }
        }

        private static let workflow = """
            kind: workflow
            id: gone
            organization: group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: tell
                action: slack/send-message
                inputs: { channel: "#vip", text: "{{ trigger.tierName }}" }

            """
    }
}
