/// `strftime` for a moment: the directives of Ruby's that need no locale and no clock. A directive that is
/// not known stays in the text as it is.
///
/// Between `%` and its letter may stand flags (`-` no padding, `_` spaces, `0` zeros, `^` capitals, `#`
/// capitals too, `:` colons in an offset) and a width of up to two digits.
extension Moment {
    private struct Directive {
        var flags: [UInt8] = []
        var width: Int?
        var letter: UInt8
        /// As it stands in the format.
        var source: String

        func has(_ flag: Unicode.Scalar) -> Bool { flags.contains(UInt8(ascii: flag)) }
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let dayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    func text(format: String) throws(Fault) -> String {
        let bytes = Array(format.utf8)
        var result = BoundedText()
        var index = 0
        var start = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%"), let directive = Moment.directive(bytes, at: index) else {
                index += 1
                continue
            }
            try result.append(Bytes.text(bytes[start..<index]))
            try result.append(text(of: directive))
            index += directive.source.utf8.count
            start = index
        }
        try result.append(Bytes.text(bytes[start...]))
        return result.text
    }

    private static func directive(_ bytes: [UInt8], at percent: Int) -> Directive? {
        var index = percent + 1
        var flags: [UInt8] = []
        while index < bytes.count, index <= percent + 4, Array("-_0^#:".utf8).contains(bytes[index]) {
            flags.append(bytes[index])
            index += 1
        }
        let widthStart = index
        while index < bytes.count, index - widthStart < 2, bytes[index].isDigit { index += 1 }
        guard index < bytes.count, bytes[index] < 0x80 else { return nil }
        return Directive(
            flags: flags, width: Int(Bytes.text(bytes[widthStart..<index])), letter: bytes[index],
            source: Bytes.text(bytes[percent...index]))
    }

    private func text(of directive: Directive) -> String {
        if let (value, width) = number(directive) {
            return Moment.padded(value, directive, width: width, with: "0")
        }
        if let (value, width) = spacedNumber(directive) {
            return Moment.padded(value, directive, width: width, with: " ")
        }
        guard let word = name(directive) ?? composed(directive) else { return directive.source }
        let isUpper = directive.has("^") || directive.has("#")
        let text = isUpper ? word.uppercased() : word
        let missing = max(0, (directive.width ?? 0) - text.utf8.count)
        return String(repeating: directive.has("0") ? "0" : " ", count: missing) + text
    }

    /// Numbers that are padded with zeros.
    private func number(_ directive: Directive) -> (value: Int, width: Int)? {
        switch Unicode.Scalar(directive.letter) {
        case "Y": (year, 4)
        case "C": (year / 100, 2)
        case "y": (year % 100, 2)
        case "m": (month, 2)
        case "d": (day, 2)
        case "j": (dayOfYear, 3)
        case "H": (hour, 2)
        case "I": ((hour + 11) % 12 + 1, 2)
        case "M": (minute, 2)
        case "S": (second, 2)
        case "s": (unixSeconds, 1)
        case "u": ((weekday + 6) % 7 + 1, 1)
        case "w": (weekday, 1)
        case "G": (isoWeek.year, 4)
        case "g": (isoWeek.year % 100, 2)
        case "V": (isoWeek.week, 2)
        case "U": ((dayOfYear + 6 - weekday) / 7, 2)
        case "W": ((dayOfYear + 6 - (weekday + 6) % 7) / 7, 2)
        default: nil
        }
    }

    /// Numbers that are padded with spaces.
    private func spacedNumber(_ directive: Directive) -> (value: Int, width: Int)? {
        switch Unicode.Scalar(directive.letter) {
        case "e": (day, 2)
        case "k": (hour, 2)
        case "l": ((hour + 11) % 12 + 1, 2)
        default: nil
        }
    }

    private func name(_ directive: Directive) -> String? {
        switch Unicode.Scalar(directive.letter) {
        case "B": Moment.monthNames[month - 1]
        case "b", "h": String(Moment.monthNames[month - 1].prefix(3))
        case "A": Moment.dayNames[weekday]
        case "a": String(Moment.dayNames[weekday].prefix(3))
        case "p": directive.has("#") ? (hour < 12 ? "am" : "pm") : (hour < 12 ? "AM" : "PM")
        case "P": hour < 12 ? "am" : "pm"
        case "L": String(Moment.digits(nanosecond, 9).prefix(directive.width ?? 3))
        case "N": String(Moment.digits(nanosecond, 9).prefix(directive.width ?? 9))
        case "z": zone(hasColon: directive.has(":"))
        case "Z": (offset ?? 0) == 0 ? "UTC" : zone(hasColon: true)
        case "%": "%"
        case "n": "\n"
        case "t": "\t"
        default: nil
        }
    }

    /// Directives that stand for others.
    private func composed(_ directive: Directive) -> String? {
        let date = "\(Moment.digits(month, 2))/\(Moment.digits(day, 2))/\(Moment.digits(year % 100, 2))"
        let minutes = "\(Moment.digits(hour, 2)):\(Moment.digits(minute, 2))"
        let seconds = Moment.digits(second, 2)
        let hour12 = Moment.digits((hour + 11) % 12 + 1, 2)
        let (dayName, monthName) = (
            Moment.dayNames[weekday].prefix(3), Moment.monthNames[month - 1].prefix(3)
        )
        let spacedDay = day < 10 ? " \(day)" : "\(day)"
        switch Unicode.Scalar(directive.letter) {
        case "F": return "\(Moment.digits(year, 4))-\(Moment.digits(month, 2))-\(Moment.digits(day, 2))"
        case "D", "x": return date
        case "T", "X": return "\(minutes):\(seconds)"
        case "R": return minutes
        case "r": return "\(hour12):\(Moment.digits(minute, 2)):\(seconds) \(hour < 12 ? "AM" : "PM")"
        case "c":
            return "\(dayName) \(monthName) \(spacedDay) \(minutes):\(seconds) \(Moment.digits(year, 4))"
        case "v": return "\(spacedDay)-\(monthName.uppercased())-\(Moment.digits(year, 4))"
        default: return nil
        }
    }

    private func zone(hasColon: Bool) -> String {
        let minutes = abs(offset ?? 0) / 60
        let sign = (offset ?? 0) < 0 ? "-" : "+"
        return
            "\(sign)\(Moment.digits(minutes / 60, 2))\(hasColon ? ":" : "")\(Moment.digits(minutes % 60, 2))"
    }

    static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func padded(_ value: Int, _ directive: Directive, width: Int, with pad: String) -> String {
        let text = String(value)
        if directive.has("-") { return text }
        let padding = directive.has("_") ? " " : directive.has("0") ? "0" : pad
        return String(repeating: padding, count: max(0, (directive.width ?? width) - text.utf8.count)) + text
    }
}
