// An action that must not be repeated unasked, and a sender that dies while its request is on the wire.

import Flow
import Liquid
import MockVendor
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct InDoubt {
        private static let workflow = """
            kind: workflow
            id: push
            organization: group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: push
                action: cleverpush/send-notification
                inputs: { title: up, text: "{{ trigger.tierName }}" }

            """
        private static let slow = """
            rules:
              - { action: "cleverpush/*", answers: [{ slow_ms: 8000, then: ok }, ok] }
            """

        @Test(.timeLimit(.minutes(6)), arguments: ["skip", "send"])
        func `what a dead sender may have sent waits for a decision, and its followers behind it`(
            decision: String
        ) async throws {
            let setup = ClusterSetup(script: Self.slow, workflows: Self.workflow, stores: 1)
            try await Cluster.runOnSoundBroker(setup) { cluster in
                let workers = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produce([cluster.event("e0"), cluster.event("e1")])
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.requests >= 1 }
                try await workers.senders[0].kill()
                _ = try await cluster.restart(workers.senders[0])
                _ = try await cluster.runs.wait("a run in doubt", within: .seconds(60)) { history in
                    !history.inDoubt.isEmpty
                }
                let list = try await cluster.sluice(["in-doubt", "list", "--output", "json"])
                let found = try JSONParser.parse(Array(list.lines.joined(separator: "\n").utf8))
                let first = try #require(cluster.vendor.log.entries().first)
                #expect(found.arrayValue?.map { $0["action_run_id"]?.stringValue } == [first.runID])
                #expect(found.arrayValue?.first?["event_id"] == "e0")
                try await cluster.sluice(["in-doubt", decision, first.runID])
                let history = try await cluster.runs.end(ofEvents: 2, within: .seconds(90))
                #expect(history.ends.count == 2)
                let requests = cluster.vendor.log.entries().filter { $0.runID == first.runID }.count
                #expect(requests == (decision == "send" ? 2 : 1))
                let rest = try await cluster.sluice(["in-doubt", "list"])
                #expect(rest.lines.contains("nothing is in doubt"))
            }
        }
    }
}
