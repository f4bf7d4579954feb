#if canImport(Glibc)
    // Rounding and remainders are calls to libm, which this import links.
    import Glibc
#endif

/// A number to calculate with, and Liquid's rules for what counts as one: text that begins with digits does,
/// all else is 0. Whole numbers that grow too large become decimals; nothing traps.
enum Number {
    case integer(Int64)
    case decimal(Double)

    init(_ value: Value) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .decimal(let decimal): self = .decimal(decimal)
        case .string(let string): self = Number.leading(string)
        case .null, .bool, .array, .object: self = .integer(0)
        }
    }

    /// The value again; numbers that no JSON can hold are refused.
    func value() throws(Fault) -> Value {
        switch self {
        case .integer(let integer): return .integer(integer)
        case .decimal(let decimal):
            guard decimal.isFinite else { throw .numberTooLarge }
            return .decimal(decimal)
        }
    }

    var double: Double {
        switch self {
        case .integer(let integer): Double(integer)
        case .decimal(let decimal): decimal
        }
    }

    /// Without the fraction; beyond 64 bits the nearest number that fits.
    var wholePart: Int64 {
        switch self {
        case .integer(let integer): integer
        case .decimal(let decimal):
            Int64(exactly: decimal.rounded(.towardZero)) ?? (decimal < 0 ? .min : decimal > 0 ? .max : 0)
        }
    }

    private var exact: ExactDecimal? {
        switch self {
        case .integer(let integer): ExactDecimal(significand: Int128(integer), exponent: 0)
        case .decimal(let decimal): ExactDecimal(decimal)
        }
    }

    /// "12.5" as a whole is a decimal; otherwise the digits at the beginning make an integer: "12 apples".
    private static func leading(_ string: String) -> Number {
        let bytes = Array(string.utf8)
        var index = bytes.firstIndex { !$0.isWhitespace } ?? bytes.count
        let start = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            index += 1
        }
        let digits = index
        while index < bytes.count, bytes[index].isDigit { index += 1 }
        guard index > digits else { return .integer(0) }
        let whole = Bytes.text(bytes[start..<index])
        if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "."), bytes[index + 1].isDigit {
            var end = index + 1
            while end < bytes.count, bytes[end].isDigit { end += 1 }
            if bytes[end...].allSatisfy(\.isWhitespace) {
                return .decimal(Double(Bytes.text(bytes[start..<end])) ?? 0)
            }
        }
        return Int64(whole).map(Number.integer) ?? .decimal(Double(whole) ?? 0)
    }
}

/// Arithmetic. Decimals are calculated in base 10 as long as that fits (10.1 - 2.2 is 7.9), else in binary.
extension Number {
    func plus(_ other: Number) -> Number {
        if case (.integer(let left), .integer(let right)) = (self, other) {
            let (sum, overflow) = left.addingReportingOverflow(right)
            if !overflow { return .integer(sum) }
        }
        return .decimal(combined(other) { $0.plus($1) } ?? double + other.double)
    }

    func minus(_ other: Number) -> Number {
        if case (.integer(let left), .integer(let right)) = (self, other) {
            let (difference, overflow) = left.subtractingReportingOverflow(right)
            if !overflow { return .integer(difference) }
        }
        return .decimal(combined(other) { $0.minus($1) } ?? double - other.double)
    }

    func times(_ other: Number) -> Number {
        if case (.integer(let left), .integer(let right)) = (self, other) {
            let (product, overflow) = left.multipliedReportingOverflow(by: right)
            if !overflow { return .integer(product) }
        }
        return .decimal(combined(other) { $0.times($1) } ?? double * other.double)
    }

    /// Two integers divide downwards: 7 by 2 is 3, -7 by 2 is -4.
    func divided(by other: Number) throws(Fault) -> Number {
        guard other.double != 0 else { throw .dividedByZero }
        if case (.integer(let left), .integer(let right)) = (self, other) {
            let (quotient, overflow) = left.dividedReportingOverflow(by: right)
            if !overflow {
                return .integer(left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient)
            }
        }
        return .decimal(combined(other) { $0.divided(by: $1) } ?? double / other.double)
    }

    /// What is left of that division; it has the divisor's sign.
    func modulo(_ other: Number) throws(Fault) -> Number {
        guard other.double != 0 else { throw .dividedByZero }
        if case (.integer(let left), .integer(let right)) = (self, other) {
            let (remainder, overflow) = left.remainderReportingOverflow(dividingBy: right)
            if overflow { return .integer(0) }
            return .integer(remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder)
        }
        if let result = combined(other, { $0.modulo($1) }) { return .decimal(result) }
        let remainder = double.truncatingRemainder(dividingBy: other.double)
        return .decimal(
            remainder != 0 && (remainder < 0) != (other.double < 0) ? remainder + other.double : remainder)
    }

    var magnitude: Number {
        switch self {
        case .integer(let integer):
            Int64(exactly: integer.magnitude).map(Number.integer) ?? .decimal(abs(double))
        case .decimal(let decimal): .decimal(abs(decimal))
        }
    }

    /// To an integer, by the given rule.
    func rounded(_ rule: FloatingPointRoundingRule) -> Number {
        guard case .decimal(let decimal) = self else { return self }
        return Int64(exactly: decimal.rounded(rule)).map(Number.integer) ?? self
    }

    /// Halves go away from 0. To no digits, or to tens and hundreds (negative), it is an integer.
    func rounded(digits: Int) -> Number {
        guard digits < 0 || isDecimal else { return self }
        guard let exact = exact?.rounded(digits: digits), let decimal = exact.double else { return self }
        if digits <= 0, let whole = exact.whole { return .integer(whole) }
        return .decimal(decimal)
    }

    private var isDecimal: Bool { if case .decimal = self { true } else { false } }

    private func combined(_ other: Number, _ operation: (ExactDecimal, ExactDecimal) -> ExactDecimal?)
        -> Double?
    {
        guard let left = exact, let right = other.exact else { return nil }
        return operation(left, right)?.double
    }
}
