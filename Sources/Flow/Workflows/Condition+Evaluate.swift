import Liquid

extension Condition {
    /// Whether the condition holds. Strings compare without regard to case, as Flow's do; numbers compare with
    /// numeric text; values of different kinds are unequal and neither greater nor less.
    package func holds(in context: [String: JSON]) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(in: context) }
        case .any(let parts): parts.contains { $0.holds(in: context) }
        case .not(let part): !part.holds(in: context)
        case .exists(let path): !path.value(in: context).isNull
        case .isEmpty(let path): path.value(in: context).isEmptyForConditions
        case .compare(let path, let comparison, let operand):
            comparison.holds(path.value(in: context), operand)
        case .items(let path, let quantifier, let inner):
            quantifier.holds(over: path.value(in: context).arrayValue ?? []) { item in
                inner.holds(in: context.merging(["item": item]) { _, new in new })
            }
        }
    }
}

extension Condition.Quantifier {
    /// Over an empty list `all` and `none` hold and `any` doesn't, as in Flow.
    fileprivate func holds(over items: [JSON], _ inner: (JSON) -> Bool) -> Bool {
        switch self {
        case .any: items.contains(where: inner)
        case .all: items.allSatisfy(inner)
        case .none: !items.contains(where: inner)
        }
    }
}

extension Condition.Comparison {
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
                value.foldedText.contains(operand.foldedText)
            }
        }
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

    fileprivate var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number): number
        case .string(let text): Double(text)
        default: nil
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
                left == right
            } else {
                self == other
            }
        }
    }

    /// -1, 0 or 1, or nil where the two have no order.
    fileprivate func order(to other: JSON) -> Int? {
        if let left = number, let right = other.number { return left < right ? -1 : left == right ? 0 : 1 }
        guard case .string = self, case .string = other else { return nil }
        let (left, right) = (foldedText, other.foldedText)
        return left < right ? -1 : left == right ? 0 : 1
    }
}
