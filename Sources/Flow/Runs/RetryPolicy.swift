/// When a failed attempt is tried again, as data.
///
/// The n-th retry waits `base × factor^(n-1)`, at most `cap`, plus a random part of up to `jitter` of it. Jitter is
/// only ever added, so a retry is never early. With the defaults: 5 s, 15 s, 45 s, 2 min 15 s, 6 min 45 s, 20 min, then
/// every hour until the run is 36 hours old. What a vendor asks for counts instead, and at least half of the run's age.
package struct RetryPolicy: Hashable, Sendable {
    package var base: Duration
    package var factor: Double
    package var cap: Duration
    /// Share of the delay that may be added, 0…1.
    package var jitter: Double
    /// Attempts in all, the first included.
    package var maxAttempts: Int
    /// Counted from the first attempt, without the time that a run was held or behind another of its key.
    package var maxAge: Duration

    package init(
        base: Duration = .seconds(5), factor: Double = 3, cap: Duration = .seconds(3600),
        jitter: Double = 0.1,
        maxAttempts: Int = 60, maxAge: Duration = .seconds(36 * 3600)
    ) {
        self.base = base
        self.factor = factor
        self.cap = cap
        self.jitter = jitter
        self.maxAttempts = maxAttempts
        self.maxAge = maxAge
    }

    /// What a vendor may ask for with Retry-After; outside it the nearer bound counts. Flow's documented range.
    package static let retryAfterRange = Duration.seconds(5)...Duration.seconds(3600)

    /// What follows a failed attempt.
    package enum Decision: Hashable, Sendable {
        case again(after: Duration)
        case dead(reason: String)
    }

    /// Decides after attempt number `attempt` (from 1) of a run whose attempts began `age` ago.
    ///
    /// - Parameter unit: a random number in 0…1 for the jitter.
    package func decide(attempt: Int, age: Duration, asked: Duration?, reason: String, unit: Double)
        -> Decision
    {
        if attempt >= maxAttempts {
            return .dead(reason: "gave up after \(attempt) attempts; the last: \(reason)")
        }
        // A vendor that always asks for a few seconds would use up all attempts in minutes, so that the wait also grows
        // with the run's age: then the attempts last until the age limit.
        let delay = asked.map { max(clamp($0), min(age / 2, cap)) } ?? backoff(attempt: attempt, unit: unit)
        if age + delay > maxAge {
            return .dead(
                reason: "gave up at the age limit of \(maxAge.components.seconds) s; the last: \(reason)")
        }
        return .again(after: delay)
    }

    private func clamp(_ asked: Duration) -> Duration {
        min(max(asked, Self.retryAfterRange.lowerBound), Self.retryAfterRange.upperBound)
    }

    private func backoff(attempt: Int, unit: Double) -> Duration {
        var delay = base
        for _ in 1..<max(attempt, 1) where delay < cap {
            delay = delay * factor
        }
        delay = min(delay, cap)
        return delay + delay * (jitter * min(max(unit, 0), 1))
    }
}
