// HTTP's preferred form of dates (RFC 9110 §5.6.7), for Retry-After.

import Connectors
import Flow

extension HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`; moments before 1970 become its begin.
    static func text(secondsSince1970: Int64) -> String {
        let seconds = max(secondsSince1970, 0)
        // `2026-11-24T09:30:00Z`
        let parts = UTCDate(secondsSince1970: seconds).isoText.split { "-TZ".contains($0) }
        let weekday = weekdays[Int(seconds / 86_400 % 7)]
        let month = monthNames[(Int(parts[1]) ?? 1) - 1]
        return "\(weekday), \(parts[2]) \(month) \(parts[0]) \(parts[3]) GMT"
    }
}
