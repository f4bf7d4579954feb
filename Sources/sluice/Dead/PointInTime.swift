// `--since`.

import Flow

/// A moment as people give it: `15m`, `2h`, `3d` ago, or `2026-11-24`, or `2026-11-24T09:30:00Z`.
enum PointInTime {
    /// Milliseconds since 1970.
    static func parse(_ text: String, now: Int64) throws(CommandError) -> Int64 {
        if let date = UTCDate(iso: text) ?? UTCDate(iso: "\(text)T00:00:00Z") {
            return date.secondsSince1970 * 1000
        }
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            count < 1_000_000
        {
            return now - count * unit
        }
        throw .wrongUse(
            "“\(text)” is no time", at: "--since", do: "write 15m, 2h, 3d, 2026-11-24 or 2026-11-24T09:30:00Z"
        )
    }
}
