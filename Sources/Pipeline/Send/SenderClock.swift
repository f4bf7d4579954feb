import Foundation

/// The times a sender needs: its own monotonic one, and the wall's for people.
package final class SenderClock: Sendable {
    private let start = ContinuousClock.now

    package init() {}

    /// Monotonic, since this clock was made.
    package func now() -> Duration { ContinuousClock.now - start }

    /// Milliseconds since 1970 by the local clock.
    package func milliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// RFC 3339, UTC.
    package func timestamp() -> String { Date().formatted(.iso8601) }
}
