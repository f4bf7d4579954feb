import Foundation
import Synchronization

/// The times a sender needs: its own monotonic one, the wall's for people, and the broker's for delays.
package final class SenderClock: Sendable {
    private let start = ContinuousClock.now
    private let broker = Mutex(BrokerClock())

    package init() {}

    /// Monotonic, since this clock was made.
    package func now() -> Duration { ContinuousClock.now - start }

    /// Milliseconds since 1970 by the local clock.
    package func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// RFC 3339, UTC.
    package func timestamp() -> String { Date().formatted(.iso8601) }

    package func observe(appendTime: Int64) {
        let now = now()
        broker.withLock { $0.observe(appendTime: appendTime, now: now) }
    }

    /// What is left of a delay that began when a record was appended.
    package func remaining(of delay: Duration, since timestamp: Int64, isBrokerTime: Bool) -> Duration {
        let (now, local) = (now(), milliseconds())
        return broker.withLock {
            $0.remaining(of: delay, since: timestamp, isBrokerTime: isBrokerTime, now: now, localTime: local)
        }
    }
}
