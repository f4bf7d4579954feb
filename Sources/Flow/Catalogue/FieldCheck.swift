import Liquid

/// Checks values against the fields of a trigger or action, and gathers what is wrong, up to a limit.
///
/// Two measures: a payload comes from a program, which has no excuse for sending a number as a boolean;
/// properties come from templates, which can only make text, so that `"150"` is a number there and `"true"` a
/// boolean. In both, decimals and references may be text, as Flow's own apps send them.
struct FieldCheck {
    /// Problems that are gathered, at most; nobody reads more, and a payload may be wrong in 20,000 places.
    static let problemLimit = 20

    enum Measure {
        case payload, properties
    }

    let measure: Measure
    let types: SchemaTypes
    private(set) var problems: [PayloadProblem] = []

    init(_ measure: Measure, types: SchemaTypes) {
        self.measure = measure
        self.types = types
    }

    private var isFull: Bool { problems.count >= Self.problemLimit }

    private mutating func report(_ field: String, _ what: String, _ remedy: String) {
        if !isFull { problems.append(PayloadProblem(field: field, what: what, remedy: remedy)) }
    }

    /// Members that are no field are allowed: apps add fields before their connector's document knows of them, and
    /// templates may read them.
    mutating func check(_ members: [String: JSON], _ fields: [FieldDefinition]) {
        for field in fields where !isFull {
            let value = members[field.key] ?? .null
            if isAbsent(value) {
                guard field.isRequired else { continue }
                report(field.key, value.isNull ? "is missing" : "is empty", "send \(field.type.wanted)")
            } else {
                check(value, field)
            }
        }
    }

    /// An undefined variable renders as empty text, so that is how an absent property looks.
    private func isAbsent(_ value: JSON) -> Bool {
        value.isNull || measure == .properties && value == .string("")
    }

    private mutating func check(_ value: JSON, _ field: FieldDefinition) {
        if case .schema(let name, let isList) = field.type {
            let type = TypeExpression.named(name)
            check(value, isList ? .list(.nonNull(type)) : type, field.key)
        } else if !field.type.accepts(value, measure) {
            let found = value.stringValue.map { "is “\($0.prefix(60))”" } ?? "is \(value.kindName)"
            report(field.key, found, "send \(field.type.wanted)")
        } else if !field.values.isEmpty, !field.values.contains(where: { value == .string($0) }) {
            let found = value.stringValue.map { "“\($0.prefix(60))”" } ?? value.kindName
            report(
                field.key, "is \(found)",
                "send one of \(field.values.map { "“\($0)”" }.joined(separator: ", "))")
        }
    }

    /// Checks a value against a type of the connector's schema, as GraphQL does, save that objects may have more
    /// members than their type.
    mutating func check(_ value: JSON, _ type: TypeExpression, _ path: String) {
        guard !isFull else { return }
        switch (type, value) {
        case (.nonNull(let inner), .null): report(path, "is missing", "send \(inner)")
        case (.nonNull(let inner), _): check(value, inner, path)
        case (_, .null): return
        case (.list(let inner), .array(let items)):
            for (index, item) in items.enumerated() where !isFull { check(item, inner, "\(path)[\(index)]") }
        case (.list(let inner), _): report(path, "is \(value.kindName)", "send a list of \(inner)")
        case (.named(let name), _): check(value, named: name, path)
        }
    }

    private mutating func check(_ value: JSON, named name: String, _ path: String) {
        switch (types[name], value) {
        case (.alias(let type), _): check(value, type, path)
        case (.enumeration(let values), _):
            guard !values.contains(value.stringValue ?? "") else { return }
            report(path, "is no \(name)", "send one of \(values.joined(separator: ", "))")
        case (.object(let members), .object(let given)):
            for member in members where !isFull {
                check(given[member.name] ?? .null, member.type, "\(path).\(member.name)")
            }
        case (.object, _): report(path, "is \(value.kindName)", "send an object of type \(name)")
        case (nil, _):
            guard !Self.isScalar(value, name) else { return }
            report(path, "is \(value.kindName)", "send a value of type \(name)")
        }
    }

    /// Integers may be larger than GraphQL's 32 bits: counters of real apps are.
    private static func isScalar(_ value: JSON, _ name: String) -> Bool {
        switch (name, value) {
        case ("String", .string), ("ID", .string), ("ID", .integer), ("Int", .integer), ("Boolean", .bool),
            ("Float", .integer), ("Float", .decimal):
            true
        default: false
        }
    }
}
