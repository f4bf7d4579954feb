// A pause on its way to every sender.

import Flow
import Foundation
import MockVendor
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
    }
}
