// SIGTERM in the middle of the load.

import MockVendor
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Termination {
        @Test(.timeLimit(.minutes(5)))
        func `workers that are told to stop finish what they began, and nothing repeats`() async throws {
            let setup = ClusterSetup(script: TestManifest.faults, stores: 10)
            try await Cluster.runOnSoundBroker(setup) { cluster in
                let workers = try await cluster.start(matchers: 1, senders: 1)
                async let emitted: Void = cluster.produceMixed(0..<2_000)
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.requests >= 600 }
                #expect(try await workers.matchers[0].stop() == .code(0))
                #expect(try await workers.senders[0].stop() == .code(0))
                _ = try await cluster.restart(workers.matchers[0])
                _ = try await cluster.restart(workers.senders[0])
                try await emitted
                let history = try await cluster.end(ofEvents: 2_000, within: .seconds(120))
                try await cluster.expectNothingLost(history, events: 2_000)
                cluster.expectExactlyOnce(history)
                #expect(cluster.inversions(history).isEmpty)
                #expect(cluster.vendor.log.stats.repeatsAfterSuccess == 0)
                #expect(cluster.forgottenAttempts(history) == 0, "every request has its record")
            }
        }
    }
}
