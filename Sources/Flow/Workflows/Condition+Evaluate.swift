import Liquid

extension Condition {
    /// Whether the condition holds. Strings compare without regard to case, as Flow's do; numbers compare with
    /// numeric text; values of different kinds are unequal and neither greater nor less.
    ///
    /// - Throws: when it costs more than `work` has left.
    package func holds(in context: [String: JSON], work: inout ConditionWork) throws(ConditionWork.Excess)
        -> Bool
    {
        switch self {
        case .all(let parts):
            for part in parts where try !part.holds(in: context, work: &work) { return false }
            return true
        case .any(let parts):
            for part in parts where try part.holds(in: context, work: &work) { return true }
            return false
        case .not(let part):
            return try !part.holds(in: context, work: &work)
        case .exists(let path):
            return try !path.value(in: context, work: &work).isNull
        case .isEmpty(let path):
            return try path.value(in: context, work: &work).isEmptyForConditions
        case .compare(let path, let comparison, let operand):
            let value = try path.value(in: context, work: &work)
            try work.spend(reading: comparison.weight(of: value, operand))
            return comparison.holds(value, operand)
        case .items(let path, let quantifier, let inner):
            let items = try path.value(in: context, work: &work).arrayValue ?? []
            return try quantifier.holds(over: items, inner, in: context, work: &work)
        }
    }
}

extension Condition.Quantifier {
    /// Over an empty list `all` and `none` hold and `any` doesn't, as in Flow.
    fileprivate func holds(
        over items: [JSON], _ inner: Condition, in context: [String: JSON], work: inout ConditionWork
    ) throws(ConditionWork.Excess) -> Bool {
        var context = context
        for item in items {
            context["item"] = item
            // `any` and `none` are decided by the first item that fits, `all` by the first that doesn't.
            if try inner.holds(in: context, work: &work) != (self == .all) { return self == .any }
        }
        return self != .any
    }
}

extension Condition.Comparison {
    /// About how many bytes the comparison goes through.
    fileprivate func weight(of value: JSON, _ operand: JSON) -> Int {
        switch self {
        case .isIn, .notIn: operand.weight + value.weight * max(1, operand.arrayValue?.count ?? 1)
        case .includes: value.weight + operand.weight * max(1, value.arrayValue?.count ?? 1)
        default: value.weight + operand.weight
        }
    }

    fileprivate func holds(_ value: JSON, _ operand: JSON) -> Bool {
        switch self {
        case .equal: value.isEqualForConditions(operand)
        case .notEqual: !value.isEqualForConditions(operand)
        case .greater: value.order(to: operand) == 1
        case .greaterOrEqual: (value.order(to: operand) ?? -1) >= 0
        case .less: value.order(to: operand) == -1
        case .lessOrEqual: (value.order(to: operand) ?? 1) <= 0
        case .isIn: operand.arrayValue?.contains { value.isEqualForConditions($0) } ?? false
        case .notIn: !(operand.arrayValue?.contains { value.isEqualForConditions($0) } ?? false)
        case .startsWith: value.foldedText.hasPrefix(operand.foldedText)
        case .endsWith: value.foldedText.hasSuffix(operand.foldedText)
        case .includes:
            if let items = value.arrayValue {
                items.contains { $0.isEqualForConditions(operand) }
            } else {
                value.foldedText.includes(operand.foldedText)
            }
        }
    }
}

extension String {
    /// Byte by byte, in time that grows with the lengths alone, whatever repeats in the texts.
    fileprivate func includes(_ part: String) -> Bool {
        part.isEmpty || BytePattern(part).firstRange(in: Array(utf8), from: 0) != nil
    }
}

extension JSON {
    fileprivate var isEmptyForConditions: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    /// Numbers, and text that is written as JSON writes numbers: “nan”, “inf” and “0x10” are words.
    private var number: JSON? {
        switch self {
        case .integer, .decimal: self
        case .string(let text): Self.number(of: text)
        default: nil
        }
    }

    private static func number(of text: String) -> JSON? {
        if let integer = Int64(text) { return .integer(integer) }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let decimal = Double(text),
            decimal.isFinite
        else { return nil }
        return .decimal(decimal)
    }

    /// -1, 0 or 1. Whole numbers compare exactly: ids have more digits than a decimal keeps.
    private static func order(_ left: JSON, _ right: JSON) -> Int {
        if case .integer(let left) = left, case .integer(let right) = right {
            return left < right ? -1 : left == right ? 0 : 1
        }
        let (left, right) = (left.decimal, right.decimal)
        return left < right ? -1 : left == right ? 0 : 1
    }

    private var decimal: Double {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number): number
        default: .nan
        }
    }

    private var isNumeric: Bool {
        switch self {
        case .integer, .decimal: true
        default: false
        }
    }

    fileprivate var foldedText: String {
        switch self {
        case .string(let text): text.lowercased()
        case .null, .array, .object: ""
        default: jsonText
        }
    }

    fileprivate func isEqualForConditions(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.string(let left), .string(let right)): left.lowercased() == right.lowercased()
        case (.bool(let left), .string(let right)), (.string(let right), .bool(let left)):
            right.lowercased() == (left ? "true" : "false")
        default:
            if isNumeric || other.isNumeric, let left = number, let right = other.number {
                Self.order(left, right) == 0
            } else {
                self == other
            }
        }
    }

    /// -1, 0 or 1, or nil where the two have no order.
    fileprivate func order(to other: JSON) -> Int? {
        if let left = number, let right = other.number { return Self.order(left, right) }
        guard case .string = self, case .string = other else { return nil }
        let (left, right) = (foldedText, other.foldedText)
        return left < right ? -1 : left == right ? 0 : 1
    }
}
