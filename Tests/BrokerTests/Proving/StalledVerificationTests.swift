import Pipeline
import Testing

@testable import sluice

/// A verification beside workers that do nothing.
@Suite struct StalledVerificationTests {
    @Test(.timeLimit(.minutes(2)))
    func `where no run ends, no more events are sent, and those that were are told as unfinished`()
        async throws
    {
        var setup = ProvingSetup(place: .embedded, mode: .atLeastOnce)
        setup.heldLimit = 10
        try await ProvingGround.run(setup) { ground in
            try await ground.verification.begin()
            #expect(try await ground.verification.emit(10, rate: nil) == 10)
            #expect(try await ground.verification.emit(5, rate: nil, patience: .milliseconds(200)) == 0)
            try await ground.verification.inquire()
            let report = ground.verification.finish()
            #expect(report.faults.map(\.name) == ["unfinished"])
            #expect(report.unfinished.count == 10)
        }
    }
}
