// `--since`.

import Flow

/// A moment as people give it: `15m`, `2h`, `3d` ago, or `2026-11-24`, or RFC 3339: `2026-11-24T09:30:00Z`,
/// `2026-11-24T10:30:00+01:00`.
enum PointInTime {
    /// Milliseconds since 1970.
    static func parse(_ text: String, now: Int64, option: String = "--since") throws(CommandError) -> Int64 {
        if let date = UTCDate(iso: text) ?? UTCDate(iso: "\(text)T00:00:00Z") ?? zoned(text) {
            return date.secondsSince1970 * 1000
        }
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count < 1_000_000
        {
            return now - count * unit
        }
        throw .wrongUse(
            "“\(text)” is no time", at: option, do: "write 15m, 2h, 3d, 2026-11-24 or 2026-11-24T09:30:00Z")
    }

    /// RFC 3339, UTC, to the second.
    static func text(_ milliseconds: Int64) -> String {
        UTCDate(secondsSince1970: milliseconds / 1_000).isoText
    }

    /// A time with its distance from UTC behind it.
    private static func zoned(_ text: String) -> UTCDate? {
        let zone = text.suffix(6)
        guard text.count >= 25, let sign = zone.first, sign == "+" || sign == "-" else { return nil }
        let parts = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2], let hours = Int64(parts[0]), let minutes = Int64(parts[1]),
            (0...23).contains(hours), (0...59).contains(minutes),
            let local = UTCDate(iso: "\(text.dropLast(6))Z")
        else { return nil }
        let distance = hours * 3_600 + minutes * 60
        return local.adding(seconds: sign == "+" ? -distance : distance)
    }
}
