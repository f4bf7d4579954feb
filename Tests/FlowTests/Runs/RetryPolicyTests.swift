import Flow
import TestSupport
import Testing

@Suite struct RetryPolicyTests {
    private func decide(
        _ policy: RetryPolicy = RetryPolicy(), attempt: Int, age: Duration = .zero, asked: Duration? = nil,
        unit: Double = 0
    ) -> RetryPolicy.Decision {
        policy.decide(attempt: attempt, age: age, asked: asked, reason: "503", unit: unit)
    }

    @Test func `the schedule is the documented one`() {
        let seconds = [5, 15, 45, 135, 405, 1215, 3600, 3600, 3600]
        for (index, delay) in seconds.enumerated() {
            #expect(decide(attempt: index + 1) == .again(after: .seconds(delay)), "attempt \(index + 1)")
        }
    }

    @Test func `jitter is only ever added, up to its share`() throws {
        try withSeed(runs: 1000) { random in
            let attempt = Int.random(in: 1...30, using: &random)
            let unit = Double.random(in: -1...2, using: &random)
            guard case .again(let plain) = decide(attempt: attempt),
                case .again(let delay) = decide(attempt: attempt, unit: unit)
            else {
                Issue.record("attempt \(attempt) is not tried again, \(random)")
                return
            }
            try #require(delay >= plain)
            try #require(delay <= plain * 1.1 + .microseconds(1))
        }
        #expect(decide(attempt: 1, unit: 1) == .again(after: .milliseconds(5500)))
    }

    static let asked: [(Duration, Duration)] = [
        (.seconds(30), .seconds(30)), (.zero, .seconds(5)), (.seconds(-10), .seconds(5)),
        (.seconds(4), .seconds(5)),
        (.seconds(5), .seconds(5)), (.seconds(3600), .seconds(3600)), (.seconds(3601), .seconds(3600)),
        (.seconds(Int64.max), .seconds(3600)),
    ]

    @Test(arguments: asked) func `what a vendor asks for counts, from 5 seconds to an hour, without jitter`(
        asked: Duration, delay: Duration
    ) {
        #expect(decide(attempt: 6, asked: asked, unit: 1) == .again(after: delay))
    }

    @Test func `the last attempt is the last`() {
        #expect(decide(RetryPolicy(maxAttempts: 3), attempt: 2) == .again(after: .seconds(15)))
        #expect(
            decide(RetryPolicy(maxAttempts: 3), attempt: 3)
                == .dead(reason: "gave up after 3 attempts; the last: 503"))
        #expect(
            decide(RetryPolicy(maxAttempts: 3), attempt: 4, asked: .seconds(9))
                == .dead(reason: "gave up after 4 attempts; the last: 503"))
    }

    @Test func `no retry is put beyond the age limit`() {
        let limit = Duration.seconds(36 * 3600)
        #expect(decide(attempt: 2, age: limit - .seconds(15)) == .again(after: .seconds(15)))
        #expect(
            decide(attempt: 2, age: limit - .seconds(14))
                == .dead(reason: "gave up at the age limit of 129600 s; the last: 503"))
        guard case .dead = decide(attempt: 2, age: limit - .seconds(100), asked: .seconds(101)) else {
            Issue.record("a vendor's wish goes beyond the age limit")
            return
        }
    }

    @Test(arguments: [nil, Duration.zero, .seconds(5), .seconds(60), .seconds(3600)])
    func `the defaults reach the age limit before the attempt limit, whatever a vendor asks for`(
        asked: Duration?
    ) {
        var age = Duration.zero
        for attempt in 1...60 {
            guard case .again(let delay) = decide(attempt: attempt, age: age, asked: asked) else {
                #expect(age > .seconds(34 * 3600) && age <= .seconds(36 * 3600))
                #expect(attempt < 60)
                return
            }
            age += delay
        }
        Issue.record("never dead")
    }
}
