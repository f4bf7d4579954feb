/// A date and time of day with its own offset from UTC, as it was written: nothing is converted to the zone
/// of the machine.
struct Moment {
    var year: Int
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    /// Seconds east of UTC; nil where the text names no offset, which counts as UTC.
    var offset: Int?

    /// Unix seconds, as a number or in digits, ISO 8601 text, or an English date; nil for all else.
    init?(_ value: Value) {
        switch value {
        case .integer(let seconds): self.init(unixSeconds: seconds)
        case .string(let text):
            let trimmed = Filter.stripped(text)
            if !trimmed.isEmpty, trimmed.utf8.allSatisfy(\.isDigit) {
                guard let seconds = Int64(trimmed) else { return nil }
                self.init(unixSeconds: seconds)
            } else {
                guard let moment = Moment(iso8601: trimmed) ?? Moment(english: trimmed) else { return nil }
                self = moment
            }
        case .null, .bool, .decimal, .array, .object: return nil
        }
    }

    static func isClockWord(_ text: String) -> Bool {
        ["now", "today"].contains(Filter.stripped(text).lowercased())
    }

    static func clockRefused(_ text: String) -> Fault {
        Fault(
            "the date \"\(Filter.stripped(text))\" is refused: a repeated run must render the same",
            remedy: "use a time of the event, as in `{{ trigger.created_at | date: \"%Y-%m-%d\" }}`")
    }

    /// Years 0 to 9999 only.
    init?(unixSeconds: Int64) {
        guard (-62_167_219_200...253_402_300_799).contains(unixSeconds) else { return nil }
        let seconds = Int(unixSeconds)
        let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        let rest = seconds - days * 86_400
        (year, month, day) = Moment.date(daysSince1970: days)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        offset = 0
    }

    /// `2026-01-31`, `2026-01-31T12:34:56.789+02:00`, and with a space for the `T` or before the offset, as
    /// Ruby prints it: `2026-01-31 12:34:56 UTC`.
    init?(iso8601 text: String) {
        var digits = DigitReader(text)
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2)
        else {
            return nil
        }
        (self.year, self.month, self.day) = (year, month, day)
        if !digits.isAtEnd {
            guard digits.take("T") || digits.take("t") || digits.take(" ") else { return nil }
            guard readTime(&digits), readOffset(&digits), digits.isAtEnd else { return nil }
        }
        guard (1...12).contains(month), (1...Moment.days(inMonth: month, of: year)).contains(day),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
    }

    private mutating func readTime(_ digits: inout DigitReader) -> Bool {
        guard let hour = digits.number(2) else { return false }
        self.hour = hour
        let hasColons = digits.take(":")
        guard let minute = digits.number(2) else { return !hasColons }
        self.minute = minute
        guard hasColons ? digits.take(":") : digits.isAtDigit else { return true }
        guard let second = digits.number(2) else { return false }
        self.second = second
        guard digits.take(".") || digits.take(",") else { return true }
        guard let nanosecond = digits.fraction() else { return false }
        self.nanosecond = nanosecond
        return true
    }

    private mutating func readOffset(_ digits: inout DigitReader) -> Bool {
        _ = digits.take(" ")
        if digits.isAtEnd { return true }
        if digits.take("Z") || digits.take("z") || digits.take("UTC") || digits.take("GMT") {
            offset = 0
            return true
        }
        let isNegative = digits.take("-")
        guard isNegative || digits.take("+"), let hours = digits.number(2) else { return false }
        _ = digits.take(":")
        let minutes = digits.number(2) ?? 0
        guard hours <= 23, minutes <= 59 else { return false }
        offset = (hours * 3_600 + minutes * 60) * (isNegative ? -1 : 1)
        return true
    }
}

/// Calendar arithmetic on the Gregorian calendar, extended to all years.
extension Moment {
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Days from 1970-01-01 to the date. Counts years from March, so that the leap day is a year's last.
    static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    var days: Int { Moment.daysSince1970(year, month, day) }
    var unixSeconds: Int { days * 86_400 + hour * 3_600 + minute * 60 + second - (offset ?? 0) }
    /// 0 is Sunday.
    var weekday: Int { ((days + 4) % 7 + 7) % 7 }
    /// 1 is the first of January.
    var dayOfYear: Int { days - Moment.daysSince1970(year, 1, 1) + 1 }

    /// The year and week of ISO 8601: weeks begin on Monday and belong to the year of their Thursday.
    var isoWeek: (year: Int, week: Int) {
        let thursday = Moment.date(daysSince1970: days - (weekday + 6) % 7 + 3)
        let firstDay = Moment.daysSince1970(thursday.year, 1, 1)
        let day = Moment.daysSince1970(thursday.year, thursday.month, thursday.day) - firstDay
        return (thursday.year, day / 7 + 1)
    }
}
