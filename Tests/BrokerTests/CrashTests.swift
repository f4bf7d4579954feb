// kill -9 in the middle of the load.

import MockVendor
import Pipeline
import Testing

extension RolesOnBrokers {
    @Suite struct Crash {
        /// Records that a sender may have taken and not committed: what may repeat at the vendor after its death.
        private static let openLimit = 256

        @Test(.timeLimit(.minutes(12)), arguments: [DeliveryMode.exactlyOnce, .atLeastOnce])
        func
            `a killed matcher and a killed sender lose nothing, mix up no key and repeat no more than was open`(
                mode: DeliveryMode
            )
            async throws
        {
            let setup = ClusterSetup(
                mode: mode, script: TestManifest.faults, stores: 20,
                environment: ["SLUICE_SENDER_OPEN_LIMIT": "\(Self.openLimit)", "SLUICE_LOG_LEVEL": "debug"])
            try await Cluster.runOnSoundBroker(setup) { cluster in
                let began = ContinuousClock.now
                let workers = try await cluster.start(matchers: 2, senders: 2)
                async let emitted: Void = cluster.emitMixed(eventsPerCall: 500, customers: 1...5)
                try await cluster.vendor.log.wait(within: .seconds(180)) { $0.requests >= 3_000 }
                try await workers.matchers[0].kill()
                try await workers.senders[0].kill()
                _ = try await cluster.restart(workers.matchers[0])
                _ = try await cluster.restart(workers.senders[0])
                try await emitted
                let history = try await cluster.end(ofEvents: 10_000, within: .seconds(100))
                let took = ContinuousClock.now - began
                try await cluster.expectNothingLost(history, events: 10_000)
                // At least once: what a crash interrupts is written again, under the same ids.
                if mode == .exactlyOnce { try cluster.expectExactlyOnceAfterCrash(history) }
                #expect(cluster.inversions(history).isEmpty)
                let repeats = cluster.vendor.log.stats.repeatsAfterSuccess
                #expect(repeats <= Self.openLimit)
                #expect(cluster.forgottenAttempts(history) <= Self.openLimit)
                try await cluster.expectNoLag()
                print(
                    "10,000 events \(mode.rawValue), one kill of each role: \(took), \(history.attemptCount) attempts, "
                        + "\(repeats) repeats after a success, \(cluster.forgottenAttempts(history)) requests forgotten"
                )
            }
        }
    }
}
