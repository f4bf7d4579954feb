/// How often something may happen: at most `count` times in any stretch of `period`, of which `burst` at once.
package struct RateAllowance: Hashable, Sendable {
    package let count: Int
    package let period: Duration
    package let burst: Int

    /// - Parameter burst: how many may come at once; a tenth of the count where it isn't said.
    package init(count: Int, period: Duration, burst: Int? = nil) {
        self.count = max(1, count)
        self.period = max(.milliseconds(1), period)
        self.burst = min(max(1, burst ?? count / 10), self.count)
    }

    /// Tokens per second: so many that a full bucket and what flows in never exceed the count within the period.
    var refill: Double { Double(count - burst + 1) / period.seconds }
}

/// A token bucket over an injected clock.
///
/// - R1: in no half-open stretch of the period more than `count` are taken.
/// - R2: once nothing was taken for long enough, `burst` can be taken at once, and never more.
/// - R3: `wait` is exact: after it, and not before, a token can be taken.
/// - R4: what is charged counts as taken once the bucket has made up for it.
package struct TokenBucket: Sendable {
    package private(set) var allowance: RateAllowance
    /// The part of the allowance that is this process' own.
    private var share: Double
    private var tokens: Double
    private var updated: Duration

    /// - Parameter share: 0…1, where several processes share the allowance.
    package init(_ allowance: RateAllowance, share: Double = 1, now: Duration) {
        self.allowance = allowance
        self.share = share
        updated = now
        tokens = 0
        tokens = capacity
    }

    /// Takes a token; false where there is none yet.
    package mutating func take(now: Duration) -> Bool {
        advance(to: now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// One token stood for more than one use: the others are made up for before the next is taken, at most ten periods long.
    package mutating func charge(_ uses: Int, now: Duration) {
        advance(to: now)
        tokens = max(tokens - Double(uses), -rate * allowance.period.seconds * 10)
    }

    /// What was taken was not used.
    package mutating func giveBack(now: Duration) {
        advance(to: now)
        tokens = min(capacity, tokens + 1)
    }

    /// Another allowance counts from now on; what was used up stays so.
    package mutating func change(to allowance: RateAllowance, now: Duration) {
        advance(to: now)
        self.allowance = allowance
        tokens = min(tokens, capacity)
    }

    /// Whole tokens that are there now.
    package mutating func available(now: Duration) -> Int {
        advance(to: now)
        return max(0, Int(tokens))
    }

    /// How long until a token is there.
    package mutating func wait(now: Duration) -> Duration {
        advance(to: now)
        guard tokens < 1 else { return .zero }
        // A nanosecond more than the sum of what was rounded.
        return .seconds((1 - tokens) / rate) + .nanoseconds(1)
    }

    /// The share of the allowance changed: members of a fleet came or went.
    package mutating func setShare(_ share: Double, now: Duration) {
        advance(to: now)
        self.share = share
        tokens = min(tokens, capacity)
    }

    /// Full, as if nothing had ever been taken.
    package mutating func isFull(now: Duration) -> Bool {
        advance(to: now)
        return tokens >= capacity
    }

    private var rate: Double { allowance.refill * share }
    /// Never below one token: a small share still lets one through, seldom.
    private var capacity: Double { max(1, Double(allowance.burst) * share) }

    private mutating func advance(to now: Duration) {
        guard now > updated else { return }
        tokens = min(capacity, tokens + (now - updated).seconds * rate)
        updated = now
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
