/// Liquid's own idea of truth, equality and order, looser than `Value`'s: 1 equals 1.0, and only null and
/// false are untrue. `empty` and `blank` are tests rather than values, so they are here.
extension Value {
    var isTruthy: Bool { self != .null && self != .bool(false) }

    /// Whether the value is an empty string, list or object.
    var isEmpty: Bool {
        switch self {
        case .string(let string): string.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .null, .bool, .integer, .decimal: false
        }
    }

    /// Whether the value is empty, null, false or a string of white space.
    var isBlank: Bool {
        switch self {
        case .null, .bool(false): true
        case .string(let string): string.utf8.allSatisfy(\.isWhitespace)
        default: isEmpty
        }
    }

    /// What handling the value costs of a render's work, about in bytes, with all that is in it. Counting
    /// stops beyond what a whole render may do.
    package var weight: Int {
        var weight = 0
        addWeight(to: &weight)
        return weight
    }

    private func addWeight(to weight: inout Int) {
        weight += 8
        switch self {
        case .null, .bool, .integer, .decimal: return
        case .string(let string): weight += string.utf8.count
        case .array(let elements):
            for element in elements where weight <= Limits.work { element.addWeight(to: &weight) }
        case .object(let members):
            for (key, value) in members where weight <= Limits.work {
                weight += key.utf8.count
                value.addWeight(to: &weight)
            }
        }
    }

    func equals(_ other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let left), .decimal(let right)): Double(left) == right
        case (.decimal(let left), .integer(let right)): left == Double(right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        default: self == other
        }
    }

    /// Whether the value comes before the other; nil where Liquid calls every ordering false (null, truth
    /// values, lists, objects).
    func precedes(_ other: Value) throws(Fault) -> Bool? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left < right
        case (.integer(let left), .decimal(let right)): return Double(left) < right
        case (.decimal(let left), .integer(let right)): return left < Double(right)
        case (.decimal(let left), .decimal(let right)): return left < right
        case (.string(let left), .string(let right)): return left < right
        case (.string, .integer), (.string, .decimal), (.integer, .string), (.decimal, .string):
            throw Fault(
                "a string can't be compared with a number",
                remedy: "make a number of the string first: `| plus: 0`")
        default: return nil
        }
    }

    /// Whether a string contains the other's text, a list an equal element, an object a key.
    func contains(_ other: Value) throws(Fault) -> Bool {
        guard other != .null else { return false }
        switch self {
        case .string(let string):
            let part = BytePattern(try other.text())
            return part.bytes.isEmpty || part.firstRange(in: Array(string.utf8), from: 0) != nil
        case .array(let elements): return elements.contains { $0.equals(other) }
        case .object(let members): return try members[other.text()] != nil
        case .null, .bool, .integer, .decimal: return false
        }
    }
}
