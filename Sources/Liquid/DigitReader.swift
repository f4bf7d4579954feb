/// Reads a date's digits and marks from the front of a text.
struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }
    var isAtDigit: Bool { rest.first?.isDigit == true }

    /// Exactly that many digits; takes nothing when there are fewer.
    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Digits of a second's fraction, as nanoseconds; what is finer is cut off.
    mutating func fraction() -> Int? {
        let digits = rest.prefix(while: \.isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let kept = digits.prefix(9).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (digits.count..<max(9, digits.count)).reduce(kept) { value, _ in value * 10 }
    }

    mutating func take(_ mark: String) -> Bool {
        guard rest.starts(with: mark.utf8) else { return false }
        rest = rest.dropFirst(mark.utf8.count)
        return true
    }
}
