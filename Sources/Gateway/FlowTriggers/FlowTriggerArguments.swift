import Flow
import Liquid

/// What one `flowTriggerReceive` is given. Null and empty text are as good as nothing, as at Shopify.
struct FlowTriggerArguments: Hashable {
    let handle: String?
    let payload: JSON?
    /// The old form: a JSON text.
    let body: String?

    init(handle: String? = nil, payload: JSON? = nil, body: String? = nil) {
        self.handle = handle.flatMap { $0.isEmpty ? nil : $0 }
        self.payload = payload.flatMap { $0.isNull ? JSON?.none : $0 }
        self.body = body.flatMap { $0.isEmpty ? nil : $0 }
    }

    init(of field: GraphQLDocument.Field, _ variables: GraphQLVariables) throws(GraphQLFault) {
        var values: [String: JSON] = [:]
        for argument in field.arguments {
            guard let type = Self.types[argument.name] else {
                throw GraphQLFault(
                    .argumentNotAccepted,
                    "Field '\(field.name)' doesn't accept argument '\(argument.name.prefix(100))'",
                    at: argument.place)
            }
            try Self.check(argument, type, variables)
            guard let value = try argument.value.json(variables) else { continue }
            guard GraphQLVariables.coerced(value, to: type) != nil else {
                throw GraphQLFault(
                    .argumentLiteralsIncompatible,
                    "Argument '\(argument.name)' on Field '\(field.name)' has an invalid value (\(value.kindName)). "
                        + "Expected type '\(type)'.", at: argument.place)
            }
            values[argument.name] = value
        }
        self.init(
            handle: values["handle"]?.stringValue, payload: values["payload"],
            body: values["body"]?.stringValue)
    }

    private static let types: [String: TypeExpression] = [
        "handle": .named("String"), "payload": .named("JSON"), "body": .named("String"),
    ]

    /// A variable must be of the argument's type; within JSON any may stand.
    private static func check(
        _ argument: GraphQLDocument.Argument, _ type: TypeExpression, _ variables: GraphQLVariables
    ) throws(GraphQLFault) {
        guard case .variable(let name) = argument.value.kind else { return }
        let own = try variables.type(of: name, at: argument.value.place)
        guard own != type, own != .nonNull(type) else { return }
        throw GraphQLFault(
            .variableMismatch,
            "Type mismatch on variable $\(name) and argument \(argument.name) (\(own) / \(type))",
            at: argument.place)
    }
}
