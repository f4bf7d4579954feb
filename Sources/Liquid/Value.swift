/// What a template reads and what an expression comes to: JSON's values, with whole numbers kept apart
/// from decimals because Liquid prints and divides them differently.
///
/// Equality is strict (`.integer(1) != .decimal(1)`), so a value can be a dictionary's key. Liquid's own,
/// looser `==` is in `Value+Comparison.swift`.
package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case decimal(Double)
    case string(String)
    case array([Value])
    case object([String: Value])
}

extension Value: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension Value: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Value: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension Value: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .decimal(value) }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension Value: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: Value...) { self = .array(elements) }
}

extension Value: ExpressibleByDictionaryLiteral {
    /// The last of several equal keys wins, as in JSON.
    package init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
