// Checks options against the range that they may have.

import ArgumentParser

enum OptionRange {
    /// - Throws: ArgumentParser's error, which names the option, the value and the range.
    static func check<Number: Comparable>(_ value: Number, in range: ClosedRange<Number>, option: String)
        throws
    {
        guard range.contains(value) else {
            throw ValidationError("\(option) is \(value); allowed \(range.lowerBound)…\(range.upperBound)")
        }
    }
}
