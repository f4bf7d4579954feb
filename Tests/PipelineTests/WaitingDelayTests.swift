import Pipeline
import TestSupport
import Testing

@Suite struct WaitingDelayTests {
    @Test func `a retry is never early by its broker's clock, and late by the answer's way at most`() throws {
        try withSeed(runs: 5000) { random in
            // In microseconds of the one true time; the broker stamps whole milliseconds, rounded down, by its own clock.
            let skew = Int64.random(in: -300_000...300_000, using: &random)
            func stamp(_ time: Int64) -> Int64 { 1_790_000_000_000 + skew + time / 1000 }
            let parked = Int64.random(in: 0...5_000_000, using: &random)
            let probed = parked + Int64.random(in: 0...9_000_000, using: &random)
            let answered = probed + Int64.random(in: 0...2_000_000, using: &random)
            let delay = Duration.milliseconds(Int64.random(in: 0...10_000, using: &random))
            let left = WaitingDelay.remaining(of: delay, since: stamp(parked), now: stamp(probed))
            let due = Duration.microseconds(parked) + delay
            let released = Duration.microseconds(answered) + left
            try #require(released >= due, "early by \(due - released)")
            let bound =
                max(due, .microseconds(answered)) + .microseconds(answered - probed) + .milliseconds(3)
            try #require(released <= bound, "late by \(released - due)")
        }
    }

    @Test(arguments: [
        (now: Int64?(12_001), left: Duration.seconds(3)), (now: 15_001, left: .zero),
        (now: 99_000, left: .zero),
        (now: 4_000, left: .seconds(5)), (now: nil, left: .seconds(5)),
    ])
    func `a delay that began at 10 s is measured, and a clock that went back waits no longer than the delay`(
        now: Int64?, left: Duration
    ) {
        #expect(WaitingDelay.remaining(of: .seconds(5), since: 10_000, now: now) == left)
    }
}
