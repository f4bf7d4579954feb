import Flow
import Liquid

/// An object type of what is served: checks what is selected of it, and cuts answers to that.
struct GraphQLShape: Sendable {
    enum Content: Sendable {
        case leaf(type: String)
        /// One object, or a list of them.
        case object(GraphQLShape)
    }

    let name: String
    let fields: [String: Content]

    static let typeName = "__typename"

    /// - Parameter parent: the field whose selections these are.
    func check(_ parent: GraphQLDocument.Field) throws(GraphQLFault) {
        guard let selections = parent.selections else {
            throw GraphQLFault(
                .selectionMismatch,
                "Field must have selections (field '\(parent.name)' returns \(name) but has no selections. Did you mean "
                    + "'\(parent.name) { ... }'?)", at: parent.place)
        }
        var names: [String: String] = [:]
        for field in selections {
            try check(selected: field)
            if let other = names.updateValue(field.name, forKey: field.key), other != field.name {
                throw GraphQLFault(
                    .unsupported, "Field '\(field.key)' has a field conflict: \(other) or \(field.name)?",
                    at: field.place)
            }
        }
    }

    private func check(selected field: GraphQLDocument.Field) throws(GraphQLFault) {
        let content = field.name == Self.typeName ? .leaf(type: "String") : fields[field.name]
        guard let content else {
            throw GraphQLFault(
                .undefinedField, "Field '\(field.name.prefix(100))' doesn't exist on type '\(name)'",
                at: field.place)
        }
        if let argument = field.arguments.first {
            throw GraphQLFault(
                .argumentNotAccepted,
                "Field '\(field.name)' doesn't accept argument '\(argument.name.prefix(100))'",
                at: argument.place)
        }
        switch content {
        case .object(let shape): try shape.check(field)
        case .leaf(let type):
            guard field.selections == nil else {
                throw GraphQLFault(
                    .selectionMismatch,
                    "Selections can't be made on scalars (field '\(field.name)' returns \(type) but has selections)",
                    at: field.place)
            }
        }
    }

    /// What was selected, of a value that has all of it.
    func selected(_ selections: [GraphQLDocument.Field], of value: JSON) -> JSON {
        if let items = value.arrayValue { return .array(items.map { selected(selections, of: $0) }) }
        var members: [String: JSON] = [:]
        for field in selections {
            var part = field.name == Self.typeName ? .string(name) : value[field.name] ?? .null
            if case .object(let shape) = fields[field.name] {
                part = shape.selected(field.selections ?? [], of: part)
            }
            members[field.key] = members[field.key].map { Self.merged($0, part) } ?? part
        }
        return .object(members)
    }

    /// The same field selected twice has what either selects.
    private static func merged(_ one: JSON, _ other: JSON) -> JSON {
        switch (one, other) {
        case (.object(let one), .object(let other)): .object(one.merging(other, uniquingKeysWith: merged))
        case (.array(let one), .array(let other)) where one.count == other.count:
            .array(zip(one, other).map(merged))
        default: other
        }
    }
}
