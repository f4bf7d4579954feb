import TestSupport
import Testing

/// Drives a board through random work, crashes and takeovers over a simulated waiting topic, and compares what each
/// commit's floor leaves of that topic with the whole of it.
@Suite struct WaitingFloorPropertyTests {
    @Test func `P1 to P4 hold over 1,000 random histories`() throws {
        var tally = FloorHistory.Tally()
        try withSeed(runs: 1_000) { random in
            var history = FloorHistory(using: &random)
            try history.run(using: &random)
            tally.add(history.tally)
        }
        print("\(tally)")
        // One seed alone, that is repeated, need not meet everything.
        guard tally.takeovers > 1_000 else { return }
        #expect(tally.leftOut > tally.read / 4, "\(tally)")
        #expect(tally.strangers > 0 && tally.untold > 0 && tally.doubts > 0 && tally.replaced > 0)
        #expect(tally.whole > 0, "a floor behind everything")
    }

    @Test func `a planted bug is found: a floor one record too high`() {
        let isFound = (UInt64(0)..<200).contains { seed in
            var random = SplitMix64(seed: seed)
            var history = FloorHistory(raisesFloor: true, using: &random)
            do {
                try history.run(using: &random)
                return false
            } catch {
                return true
            }
        }
        #expect(isFound)
    }
}
