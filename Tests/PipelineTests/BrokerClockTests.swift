import Pipeline
import TestSupport
import Testing

@Suite struct BrokerClockTests {
    /// The broker's wall clock at monotonic zero.
    private static let epoch: Int64 = 1_790_000_000_000

    @Test
    func `a retry is never early, whatever the local clock says, and late by an acknowledgement at most`()
        throws
    {
        try withSeed(runs: 5000) { random in
            let skew = Int64.random(in: -300_000...300_000, using: &random)
            var clock = BrokerClock()
            // In microseconds of the one true time; the broker stamps whole milliseconds, rounded down.
            var now: Int64 = 0
            var lag: Int64?
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let appended = now + Int64.random(in: 0...5_000_000, using: &random)
                now = appended + Int64.random(in: 0...2_000_000, using: &random)
                clock.observe(appendTime: Self.epoch + appended / 1000, now: .microseconds(now))
                lag = min(lag ?? .max, now - appended)
            }
            let stamp = Self.epoch + Int64.random(in: 0...now, using: &random) / 1000
            let delay = Duration.milliseconds(Int64.random(in: 0...10_000, using: &random))
            now += Int64.random(in: 0...8_000_000, using: &random)
            let left = clock.remaining(
                of: delay, since: stamp, isBrokerTime: true, now: .microseconds(now),
                localTime: Self.epoch + now / 1000 + skew)
            let due = Duration.milliseconds(stamp - Self.epoch) + delay
            let released = Duration.microseconds(now) + left
            try #require(released >= due, "early by \(due - released)")
            let bound = max(due, .microseconds(now)) + .microseconds(lag ?? 0) + .milliseconds(2)
            try #require(released <= bound, "late by \(released - due)")
        }
    }

    @Test func `the newest acknowledgement counts, and one that came late does not put the clock back`() {
        var clock = BrokerClock()
        #expect(clock.time(now: .seconds(5)) == nil)
        clock.observe(appendTime: 1000, now: .seconds(1))
        #expect(clock.time(now: .milliseconds(1500)) == 1500)
        clock.observe(appendTime: 1200, now: .seconds(3))
        #expect(clock.time(now: .seconds(3)) == 3000)
        clock.observe(appendTime: 3600, now: .milliseconds(3500))
        #expect(clock.time(now: .seconds(4)) == 4100)
    }

    @Test func `passed time is rounded down`() {
        var clock = BrokerClock()
        clock.observe(appendTime: 1000, now: .zero)
        #expect(clock.time(now: .microseconds(1999)) == 1001)
    }

    @Test func `before anything was observed a broker's stamp waits its whole delay`() {
        let left = BrokerClock().remaining(
            of: .seconds(5), since: 1000, isBrokerTime: true, now: .seconds(99), localTime: 1_000_000)
        #expect(left == .seconds(5))
    }

    @Test
    func
        `a local stamp is measured by the local clock, and one that went back waits no longer than the delay`()
    {
        let clock = BrokerClock()
        func left(_ localTime: Int64) -> Duration {
            clock.remaining(
                of: .seconds(5), since: 10_000, isBrokerTime: false, now: .zero, localTime: localTime)
        }
        #expect(left(12_000) == .seconds(3))
        #expect(left(15_000) == .zero)
        #expect(left(99_000) == .zero)
        #expect(left(4_000) == .seconds(5))
    }
}
