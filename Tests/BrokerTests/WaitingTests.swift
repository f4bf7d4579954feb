// The waiting set across the death of its sender.

import MockVendor
import Testing

extension RolesOnBrokers {
    @Suite struct Waiting {
        @Test(.timeLimit(.minutes(8)))
        func `runs that wait when their sender is killed go on in order, with their attempts counted`()
            async throws
        {
            let script = """
                rules:
                  - { action: "slack/*", answers: [503, 503, 503, 503, ok] }
                """
            try await Cluster.runOnSoundBroker(ClusterSetup(script: script, stores: 5)) { cluster in
                let workers = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produceMixed(0..<200)
                try await cluster.vendor.log.wait(within: .seconds(60)) { $0.requests >= 60 }
                try await workers.senders[0].kill()
                _ = try await cluster.restart(workers.senders[0])
                let history = try await cluster.end(ofEvents: 200, within: .seconds(90))
                try await cluster.expectNothingLost(history, events: 200)
                try cluster.expectExactlyOnceAfterCrash(history)
                #expect(cluster.inversions(history).isEmpty)
            }
        }
    }
}
