/// How much of what is sent may be made up for: repeats, and what an outage held back.
///
/// First tries bring in a share each; a floor flows in by itself, so that repeats go on when nothing new comes. After an
/// outage of many endpoints the load so grows by that share at most, however much is due.
///
/// - G1: in any stretch of a second at most `share` × first tries + 2 × `floor` repeats begin.
/// - G2: without first tries `floor` repeats per second may begin.
package struct RetryBudget: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Repeats per first try.
        package var share: Double
        /// Repeats per second that may always begin.
        package var floor: Double

        package init(share: Double, floor: Double) {
            self.share = max(0, share)
            self.floor = max(0.1, floor)
        }
    }

    private let settings: Settings
    private var tokens: Double
    private var updated: Duration

    package init(_ settings: Settings, now: Duration) {
        self.settings = settings
        tokens = settings.floor
        updated = now
    }

    package mutating func firstTry(now: Duration) {
        advance(to: now)
        tokens = min(capacity, tokens + settings.share)
    }

    /// Repeats that may begin now.
    package mutating func room(now: Duration) -> Int {
        advance(to: now)
        return Int(tokens + 1e-9)
    }

    package mutating func take(now: Duration) -> Bool {
        guard room(now: now) > 0 else { return false }
        tokens -= 1
        return true
    }

    /// How long until a repeat may begin at the latest.
    package mutating func wait(now: Duration) -> Duration {
        advance(to: now)
        return tokens >= 1 ? .zero : .seconds((1 - tokens) / settings.floor)
    }

    /// Unused shares are not saved up for longer than a second's floor: a quiet hour is no permit for a storm.
    private var capacity: Double { max(1, settings.floor) }

    private mutating func advance(to now: Duration) {
        guard now > updated else { return }
        tokens = min(capacity, tokens + (now - updated).seconds * settings.floor)
        updated = now
    }
}
