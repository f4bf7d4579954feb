/// The broker's time, estimated from below: the append time of the newest acknowledged record plus the monotonic time
/// since its acknowledgement. A retry that is computed with it is never early, and a skewed local clock shifts nothing.
///
/// Times are milliseconds since 1970 by the broker; `now` is this process's monotonic time.
package struct BrokerClock: Sendable {
    private var appended: Int64?
    private var acknowledged: Duration = .zero

    package init() {}

    package mutating func observe(appendTime: Int64, now: Duration) {
        if let current = time(now: now), current >= appendTime { return }
        appended = appendTime
        acknowledged = now
    }

    /// Nil before anything was observed.
    package func time(now: Duration) -> Int64? {
        appended.map { $0 + (now - acknowledged).wholeMilliseconds }
    }

    /// What is left of a delay that began when a record was appended.
    ///
    /// - Parameters:
    ///   - isBrokerTime: whether the broker stamped the record. Where it didn't, both ends are the local clock's.
    package func remaining(
        of delay: Duration, since timestamp: Int64, isBrokerTime: Bool, now: Duration, localTime: Int64
    ) -> Duration {
        let current = isBrokerTime ? time(now: now) ?? timestamp : localTime
        // A stamp from the future (the local clock went back) waits its whole delay, not longer.
        let elapsed = Duration.milliseconds(max(0, current - timestamp))
        return max(.zero, delay - elapsed)
    }
}

extension Duration {
    /// Rounded down: time that has passed is never overstated.
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
