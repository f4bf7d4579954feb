package import Flow

/// Dates in HTTP headers: the three forms of RFC 9110, section 5.6.7.
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Parameter now: decides the century of a year of two digits: never more than 50 years ahead.
    package static func parse(_ text: String, now: UTCDate) -> UTCDate? {
        let words = text.split(separator: " ").map(String.init)
        guard let weekday = words.first.map({ $0.hasSuffix(",") ? String($0.dropLast()) : $0 }),
            days.contains(where: { $0 == weekday || $0.prefix(3) == weekday })
        else { return nil }
        switch words.count {
        case 6 where words[5] == "GMT":
            return date(
                year: number(words[3], digits: 4...4), words[2], day: number(words[1], digits: 2...2),
                words[4])
        case 4 where words[3] == "GMT":
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let short = number(parts[2], digits: 2...2) else { return nil }
            let latest = now.year + 50
            let year = latest - (latest - short) % 100
            return date(year: year, parts[1], day: number(parts[0], digits: 2...2), words[2])
        case 5:
            return date(
                year: number(words[4], digits: 4...4), words[1], day: number(words[2], digits: 1...2),
                words[3])
        default:
            return nil
        }
    }

    private static func date(year: Int?, _ month: String, day: Int?, _ time: String) -> UTCDate? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map {
            number(String($0), digits: 2...2)
        }
        guard let year, let month = months.firstIndex(of: month), let day, clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2]
        else { return nil }
        return UTCDate(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
        let zero = UInt8(ascii: "0")
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (zero...zero + 9).contains($0) })
        else { return nil }
        return Int(text)
    }
}
