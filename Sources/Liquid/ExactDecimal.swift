/// A number in base 10, `significand × 10^exponent`, so that 10.1 - 2.2 comes to 7.9 as people expect.
///
/// A `Double` gets in by its shortest digits and out by correct rounding. Every operation is nil where the
/// digits don't fit in 128 bits; the caller then calculates in binary.
struct ExactDecimal {
    var significand: Int128
    var exponent: Int

    init(significand: Int128, exponent: Int) {
        self.significand = significand
        self.exponent = exponent
    }

    init?(_ double: Double) {
        guard double.isFinite else { return nil }
        let parts = double.description.split(separator: "e", maxSplits: 1)
        guard let mantissa = parts.first else { return nil }
        var significand: Int128 = 0
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var isPastPoint = false
        for byte in mantissa.utf8 {
            if byte == UInt8(ascii: ".") { isPastPoint = true }
            guard byte.isDigit else { continue }
            significand = significand * 10 + Int128(byte - 0x30)
            if isPastPoint { exponent -= 1 }
        }
        self.significand = double < 0 ? -significand : significand
        self.exponent = exponent
    }

    var double: Double? { Double("\(significand)e\(exponent)") }

    /// The number as an integer, if it has no fraction in its digits.
    var whole: Int64? { scaled(to: 0).flatMap { Int64(exactly: $0) } }

    func plus(_ other: ExactDecimal) -> ExactDecimal? {
        guard let (left, right, exponent) = aligned(with: other) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : ExactDecimal(significand: sum, exponent: exponent)
    }

    func minus(_ other: ExactDecimal) -> ExactDecimal? {
        plus(ExactDecimal(significand: -other.significand, exponent: other.exponent))
    }

    func times(_ other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = significand.multipliedReportingOverflow(by: other.significand)
        return overflow ? nil : ExactDecimal(significand: product, exponent: exponent + other.exponent)
    }

    /// To at least 18 digits, more than a `Double` holds.
    func divided(by other: ExactDecimal) -> ExactDecimal? {
        guard other.significand != 0 else { return nil }
        guard significand != 0 else { return self }
        var numerator = significand
        var exponent = exponent - other.exponent
        while true {
            let (next, overflow) = numerator.multipliedReportingOverflow(by: 10)
            if overflow { break }
            numerator = next
            exponent -= 1
        }
        return ExactDecimal(significand: numerator / other.significand, exponent: exponent)
    }

    func modulo(_ other: ExactDecimal) -> ExactDecimal? {
        guard let (left, right, exponent) = aligned(with: other), right != 0 else { return nil }
        let remainder = left % right
        let isCorrected = remainder != 0 && (remainder < 0) != (right < 0)
        return ExactDecimal(significand: isCorrected ? remainder + right : remainder, exponent: exponent)
    }

    func rounded(digits: Int) -> ExactDecimal? {
        guard exponent < -digits else { return self }
        guard let unit = ExactDecimal.power(-digits - exponent) else {
            return ExactDecimal(significand: 0, exponent: 0)
        }
        var quotient = significand / unit
        if (significand % unit).magnitude >= unit.magnitude / 2 { quotient += significand < 0 ? -1 : 1 }
        return ExactDecimal(significand: quotient, exponent: -digits)
    }

    /// Both significands at the smaller exponent.
    private func aligned(with other: ExactDecimal) -> (Int128, Int128, Int)? {
        let lowest = min(exponent, other.exponent)
        guard let left = scaled(to: lowest), let right = other.scaled(to: lowest) else { return nil }
        return (left, right, lowest)
    }

    private func scaled(to lowest: Int) -> Int128? {
        guard significand != 0 else { return 0 }
        guard let factor = ExactDecimal.power(exponent - lowest) else { return nil }
        let (result, overflow) = significand.multipliedReportingOverflow(by: factor)
        return overflow ? nil : result
    }

    /// 10 to the power of that, nil where it doesn't fit.
    private static func power(_ exponent: Int) -> Int128? {
        guard (0...38).contains(exponent) else { return nil }
        return (0..<exponent).reduce(into: 1 as Int128) { result, _ in result *= 10 }
    }
}
