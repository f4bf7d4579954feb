/// What is left of a delay that began when a waiting record was appended.
///
/// Both times are one clock's: the broker's that leads the partition, read off a record that was just appended there. So
/// a retry is never early, and a skewed local clock shifts nothing. Where brokers don't stamp the topic's records, both
/// are the senders'.
package enum WaitingDelay {
    /// - Parameters:
    ///   - stamp: of the waiting record, ms since 1970.
    ///   - now: by the same clock; nil = unknown, so that the whole delay is waited.
    package static func remaining(of delay: Duration, since stamp: Int64, now: Int64?) -> Duration {
        // A stamp from the future (the clock went back) waits its whole delay, not longer.
        // Stamps are whole milliseconds, rounded down: what passed between two may be almost one less.
        let elapsed = Duration.milliseconds(max(0, (now ?? stamp) - stamp - 1))
        return max(.zero, delay - elapsed)
    }
}
