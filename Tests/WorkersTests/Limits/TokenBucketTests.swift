import TestSupport
import Testing
import Workers

@Suite struct TokenBucketTests {
    @Test func `R1 to R3 hold over 2,000 random sequences`() {
        for seed in UInt64(0)..<2_000 {
            var random = SplitMix64(seed: seed)
            let allowance = RateAllowance(
                count: Int.random(in: 1...20, using: &random),
                period: .milliseconds(Int64.random(in: 100...3_000, using: &random)),
                burst: Bool.random(using: &random) ? Int.random(in: 1...20, using: &random) : nil)
            var bucket = TokenBucket(allowance, now: .zero)
            var now = Duration.zero
            var taken: [Duration] = []
            for _ in 0..<200 {
                switch Int.random(in: 0...3, using: &random) {
                case 0: now += .milliseconds(Int64.random(in: 0...2_000, using: &random))
                case 1:
                    let wait = bucket.wait(now: now)
                    if wait > .milliseconds(1) {
                        var early = bucket
                        let value1 = !early.take(now: now + wait - .milliseconds(1))
                        #expect(value1, "R3, seed \(seed)")
                    }
                    now += wait
                    let value2 = bucket.take(now: now)
                    #expect(value2, "R3, seed \(seed)")
                    taken.append(now)
                default:
                    if bucket.take(now: now) { taken.append(now) }
                }
            }
            for (index, time) in taken.enumerated() {
                let count = taken[index...].prefix { $0 < time + allowance.period }.count
                guard count <= allowance.count else {
                    Issue.record("R1, seed \(seed): \(count) within \(allowance)")
                    return
                }
            }
            now += allowance.period * 100
            let value3 = bucket.available(now: now) == allowance.burst
            #expect(value3, "R2, seed \(seed)")
        }
    }

    @Test func `R4: what is charged is made up for, and no debt lasts longer than ten periods`() {
        for seed in UInt64(0)..<500 {
            var random = SplitMix64(seed: seed)
            let count = Int.random(in: 2...50, using: &random)
            let allowance = RateAllowance(
                count: count, period: .seconds(1),
                burst: Int.random(in: 1...max(1, count / 2), using: &random))
            let share = Double.random(in: 0.2...1, using: &random)
            var bucket = TokenBucket(allowance, share: share, now: .zero)
            var now = Duration.zero
            var used = 0
            for _ in 0..<200 {
                now += bucket.wait(now: now)
                let isTaken = bucket.take(now: now)
                #expect(isTaken, "seed \(seed)")
                let more = Int.random(in: 0...3, using: &random)
                bucket.charge(more, now: now)
                used += 1 + more
            }
            let seconds = Double(now.components.seconds) + Double(now.components.attoseconds) / 1e18
            let allowed = seconds * Double(count) * share
            // But for the first tokens, and what was charged last.
            #expect(
                Double(used) <= allowed + Double(allowance.burst) + 5,
                "seed \(seed): \(used) in \(seconds) s of \(allowance)")
            bucket.charge(.max, now: now)
            let wait = bucket.wait(now: now)
            #expect(wait <= .seconds(10) + .seconds(4 / (Double(count) * share)), "seed \(seed): \(wait)")
        }
    }

    @Test func `members of a fleet share an allowance by their parts`() {
        let allowance = RateAllowance(count: 100, period: .seconds(1), burst: 10)
        var halves = [
            TokenBucket(allowance, share: 0.5, now: .zero), TokenBucket(allowance, share: 0.5, now: .zero),
        ]
        var taken = 0
        for step in 0..<1_000 {
            for index in halves.indices where halves[index].take(now: .milliseconds(step)) { taken += 1 }
        }
        #expect(taken <= 100)
        #expect(taken >= 90)
    }

    @Test func `a share that shrinks takes its tokens along`() {
        var bucket = TokenBucket(RateAllowance(count: 100, period: .seconds(1), burst: 50), now: .zero)
        bucket.setShare(0.1, now: .zero)
        let value4 = bucket.available(now: .zero) == 5
        #expect(value4)
    }
}
