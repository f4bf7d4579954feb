import Liquid

/// Whether a workflow, or a branch of it, applies to an event: Sluice's own comparisons, never a connector's.
package indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case compare(FieldPath, Comparison, JSON)
    case isEmpty(FieldPath)
    case exists(FieldPath)
    /// Over the items of a list, each of which the inner condition sees as `item`.
    case items(FieldPath, Quantifier, Condition)

    package enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case isIn = "in"
        case notIn = "not_in"
        case startsWith = "starts_with"
        case endsWith = "ends_with"
        case includes
    }

    package enum Quantifier: String, Hashable, Sendable, CaseIterable {
        case any, all, none
    }

    /// Every operator's name, for messages.
    package static var operatorNames: String {
        (Comparison.allCases.map(\.rawValue) + ["empty", "exists"] + Quantifier.allCases.map(\.rawValue))
            .joined(separator: ", ")
    }
}

/// A path into what a workflow may read: `trigger.order_id`, `steps.create.id`, `trigger["Review Title"]`.
package struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    private let template: Template
    package let description: String

    /// The roots that a path may begin with.
    package static let roots = ["trigger", "store", "steps", "item"]

    /// Nil unless the text is one plain path without filters.
    package init?(_ text: String) {
        guard !text.contains(where: { "|{}%'".contains($0) }), let template = try? Template("{{ \(text) }}"),
            template.paths.count == 1
        else { return nil }  // a text that is no path is reported by the reader, with its place
        self.template = template
        description = text
    }

    var path: Path? { template.paths.first }
    package var root: String { String(description.prefix { $0 != "." && $0 != "[" }) }

    /// The value, or null where nothing is there.
    package func value(in context: [String: JSON]) -> JSON {
        (try? template.evaluate(context)) ?? .null  // a plain path has nothing that can fail
    }

    /// The same, charged to the conditions that read it.
    func value(in context: [String: JSON], work: inout ConditionWork) throws(ConditionWork.Excess) -> JSON {
        var read = 0
        let value = (try? template.evaluate(context, work: &read)) ?? .null  // as above
        try work.spend(reading: read)
        return value
    }
}
