// Soak: only where SOAK_MINUTES says how long, as `make soak` does.

import Foundation
import Testing

/// Workers at half of their capacity, with a rebalance each minute: memory and descriptors stay, nothing is lost.
@Suite(.serialized) struct SoakTests {
    private static let minutes = ProcessInfo.processInfo.environment["SOAK_MINUTES"].flatMap {
        $0.isEmpty ? nil : $0
    }

    @Test(.enabled(if: minutes != nil))
    func `memory and descriptors are flat over a long time, and nothing is lost`() async throws {
        var setup = ProvingSetup()
        (setup.stores, setup.keys, setup.openLimit) = (50, 5_000, 2_000)
        setup.vendorDelay = .milliseconds(10)
        setup.failures = 2
        // A window that is full soon, so that what grows is a leak.
        setup.environment = ["SLUICE_MATCHER_DUPLICATE_IDS": "5000"]
        let minutes = try #require(Self.minutes.flatMap { Int($0) }, "SOAK_MINUTES should be a number")
        try await ProvingGround.run(setup) { ground in
            try await ground.workers.start(matchers: 2, senders: 2)
            try await ground.whileVerifying {
                let result = try await SoakRun(ground, minutes: minutes).run()
                ProvingGround.say(result.text)
                #expect(result.faults.isEmpty)
            }
        }
    }
}
