// One round through everything, on each broker and in each delivery mode that it can do.

import MockVendor
import Pipeline
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct WholePath {
        struct Case: Sendable, CustomTestStringConvertible {
            let broker: Broker.Kind
            let mode: DeliveryMode
            var testDescription: String { "\(mode.rawValue) on \(broker.rawValue)" }
        }

        @Test(
            .timeLimit(.minutes(5)),
            arguments: [
                Case(broker: .noidaDB, mode: .exactlyOnce), Case(broker: .noidaDB, mode: .atLeastOnce),
                Case(broker: .tansu, mode: .atLeastOnce),
            ])
        func `five hundred events end, each once, in order, through a vendor's failures`(_ test: Case)
            async throws
        {
            let setup = ClusterSetup(broker: test.broker, mode: test.mode, script: TestManifest.faults)
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produceMixed(0..<500)
                let history = try await cluster.runs.end(ofEvents: 500, within: .seconds(120))
                try await cluster.expectNothingLost(history, events: 500)
                cluster.expectExactlyOnce(history)
                #expect(cluster.inversions(history).isEmpty)
                #expect(cluster.forgottenAttempts(history) == 0)
                #expect(cluster.vendor.log.stats.repeatsAfterSuccess == 0)
                #expect(cluster.vendor.log.stats.refused == 0, "every request was signed")
                #expect(history.count(end: "rejected") > 0, "some cards were refused for good")
                #expect(history.attemptCount > history.actionRuns.count + 20, "a good part was tried again")
                try await cluster.expectNoLag()
            }
        }
    }
}
