internal import Flow

/// How long an app asks us to wait before the next attempt.
package enum RetryAfter {
    /// Reads `Retry-After` as seconds or as a date. A date counts from the answer's own `Date`, so that a clock that
    /// is wrong on either side shifts nothing; from `now` where the answer has none.
    ///
    /// How much of it is honoured is for the retry policy to say.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: nil for no such header, for garbage, and for a moment that has passed.
    package static func delay(in response: VendorResponse, now: Int64) -> Duration? {
        guard let text = response.header("Retry-After")?.trimmingSpace, !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // A number too large for us is a long time all the same.
            return .seconds(min(Int64(text) ?? .max, 1_000_000_000))
        }
        let clock = UTCDate(secondsSince1970: now)
        guard let until = HTTPDate.parse(text, now: clock) else { return nil }
        let from = response.header("Date").flatMap { HTTPDate.parse($0.trimmingSpace, now: clock) } ?? clock
        let seconds = until.secondsSince1970 - from.secondsSince1970
        return seconds >= 0 ? .seconds(seconds) : nil
    }
}

extension StringProtocol {
    var trimmingSpace: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
