import TestSupport
import Testing
import Workers

@Suite struct RetryBudgetTests {
    @Test func `G1 holds over 1,000 random sequences: no second has more repeats than its share and floors`()
    {
        for seed in UInt64(0)..<1_000 {
            var random = SplitMix64(seed: seed)
            let settings = RetryBudget.Settings(
                share: 0.4, floor: Double(Int.random(in: 1...20, using: &random)))
            var budget = RetryBudget(settings, now: .zero)
            var now = Duration.zero
            var firsts: [Duration] = []
            var repeats: [Duration] = []
            for _ in 0..<400 {
                switch Int.random(in: 0...3, using: &random) {
                case 0: now += .milliseconds(Int64.random(in: 0...100, using: &random))
                case 1:
                    budget.firstTry(now: now)
                    firsts.append(now)
                default: if budget.take(now: now) { repeats.append(now) }
                }
            }
            for (index, time) in repeats.enumerated() {
                let end = time + .seconds(1)
                let count = repeats[index...].prefix { $0 < end }.count
                let allowed = 0.4 * Double(firsts.count { $0 >= time && $0 < end }) + 2 * settings.floor + 1
                guard Double(count) <= allowed else {
                    Issue.record("seed \(seed): \(count) repeats, \(allowed) allowed")
                    return
                }
            }
        }
    }

    @Test func `without first tries the floor flows`() {
        var budget = RetryBudget(.init(share: 0.4, floor: 10), now: .zero)
        while budget.take(now: .zero) {}
        var taken = 0
        for step in 1...1_000 where budget.take(now: .milliseconds(step)) { taken += 1 }
        #expect((9...10).contains(taken))
        let value14 = budget.wait(now: .seconds(1)) <= .milliseconds(100)
        #expect(value14)
    }
}
