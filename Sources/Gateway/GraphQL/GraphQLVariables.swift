import Flow
import Liquid

/// The values of an operation's variables, each of its declared type. Types are GraphQL's own scalars and JSON.
struct GraphQLVariables: Sendable {
    private static let types = TypeExpression.scalars.union(["JSON"])

    private let declared: [String: TypeExpression]
    private let values: [String: JSON]

    /// - Parameter given: those of the request; what is not declared is left out.
    init(_ variables: [GraphQLDocument.Variable], given: [String: JSON]) throws(GraphQLFault) {
        var values: [String: JSON] = [:]
        for variable in variables {
            guard Self.types.contains(variable.type.name) else {
                throw GraphQLFault(
                    .variableMismatch,
                    "\(variable.type.name.prefix(100)) isn't a defined input type (on $\(variable.name)); there are "
                        + Self.types.sorted().joined(separator: ", "), at: variable.place)
            }
            values[variable.name] = try Self.value(of: variable, given: given[variable.name])
        }
        self.values = values
        declared = Dictionary(variables.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    /// Nil where it has none.
    func value(of name: String, at place: GraphQLPlace) throws(GraphQLFault) -> JSON? {
        _ = try type(of: name, at: place)
        return values[name]
    }

    func type(of name: String, at place: GraphQLPlace) throws(GraphQLFault) -> TypeExpression {
        guard let type = declared[name] else {
            throw GraphQLFault(
                .variableNotDefined, "Variable $\(name.prefix(100)) is used but not declared", at: place)
        }
        return type
    }

    private static func value(
        of variable: GraphQLDocument.Variable, given: JSON?
    ) throws(GraphQLFault) -> JSON? {
        var value = given
        if value == nil, let literal = variable.defaultValue {
            value = try literal.json(GraphQLVariables([], given: [:]))
        }
        guard let value else {
            guard variable.type.isNonNull else { return nil }
            throw misfit(variable, "Expected value to not be null")
        }
        guard let fit = coerced(value, to: variable.type) else {
            let isMissing = value.isNull && variable.type.isNonNull
            throw misfit(
                variable, isMissing ? "Expected value to not be null" : "Could not coerce \(value.kindName)")
        }
        return fit
    }

    private static func misfit(_ variable: GraphQLDocument.Variable, _ why: String) -> GraphQLFault {
        GraphQLFault(
            .invalidVariable,
            "Variable $\(variable.name.prefix(100)) of type \(variable.type) was provided invalid value (\(why))",
            at: variable.place)
    }

    /// Input coercion of the specification, sections 3.5, 3.11 and 3.12; nil for what doesn't fit.
    static func coerced(_ value: JSON, to type: TypeExpression) -> JSON? {
        switch (type, value) {
        case (.nonNull, .null): return nil
        case (.nonNull(let inner), _): return coerced(value, to: inner)
        case (_, .null): return value
        case (.list(let inner), .array(let items)):
            var fits: [JSON] = []
            for item in items {
                guard let fit = coerced(item, to: inner) else { return nil }
                fits.append(fit)
            }
            return .array(fits)
        case (.list(let inner), _): return coerced(value, to: inner).map { .array([$0]) }
        case (.named("ID"), .integer(let number)): return .string(String(number))
        case (.named("Int"), .integer(let number)): return Int32(exactly: number) == nil ? JSON?.none : value
        case (.named("JSON"), _), (.named("String"), .string), (.named("ID"), .string),
            (.named("Boolean"), .bool), (.named("Float"), .integer), (.named("Float"), .decimal):
            return value
        default: return nil
        }
    }
}
