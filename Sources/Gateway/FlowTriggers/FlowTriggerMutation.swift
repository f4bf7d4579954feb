import Connectors
import Flow
import Liquid

/// The one operation that is served: a mutation of `flowTriggerReceive` fields, checked and with its variables' values.
struct FlowTriggerMutation {
    struct Call {
        /// What it is called in the answer.
        let key: String
        let arguments: FlowTriggerArguments
        fileprivate let selections: [GraphQLDocument.Field]
    }

    static let field = "flowTriggerReceive"
    /// Calls of one mutation.
    static let limit = 10

    private static let shape = GraphQLShape(
        name: "FlowTriggerReceivePayload",
        fields: [
            "userErrors": .object(
                GraphQLShape(
                    name: "UserError",
                    fields: ["field": .leaf(type: "[String!]"), "message": .leaf(type: "String!")]))
        ])

    /// In the document's order.
    let calls: [Call]
    private let typeNameKeys: [String]

    /// Reads the document, and finds the operation.
    init(_ request: GraphQLRequest) throws(GraphQLFault) {
        let operation = try GraphQLParser.parse(request.document).operation(named: request.operationName)
        guard operation.kind == .mutation else {
            throw GraphQLFault(
                .unsupported,
                "\(operation.kind.rawValue) is not supported here, only the mutation \(Self.field)",
                at: operation.place)
        }
        let fields = operation.selections.filter { $0.name != GraphQLShape.typeName }
        try Self.check(fields)
        let variables = try GraphQLVariables(operation.variables, given: request.variables)
        var calls: [Call] = []
        for field in fields {
            let arguments = try FlowTriggerArguments(of: field, variables)
            calls.append(Call(key: field.key, arguments: arguments, selections: field.selections ?? []))
        }
        self.calls = calls
        typeNameKeys = operation.selections.filter { $0.name == GraphQLShape.typeName }.map(\.key)
    }

    private static func check(_ fields: [GraphQLDocument.Field]) throws(GraphQLFault) {
        var keys: Set<String> = []
        for (index, field) in fields.enumerated() {
            guard field.name == Self.field else {
                throw GraphQLFault(
                    .undefinedField,
                    "Field '\(field.name.prefix(100))' doesn't exist on type 'Mutation': only \(Self.field) is supported "
                        + "here", at: field.place)
            }
            guard index < limit else {
                throw GraphQLFault(
                    .unsupported, "More than \(limit) fields \(Self.field) in one mutation", at: field.place)
            }
            guard keys.insert(field.key).inserted else {
                throw GraphQLFault(
                    .unsupported, "Two fields are called '\(field.key)'; give each an alias of its own",
                    at: field.place)
            }
            try shape.check(field)
        }
    }

    /// The answer's `data`.
    ///
    /// - Parameter answers: `FlowTriggerReceivePayload` of each call.
    func data(_ answers: [JSON]) -> JSON {
        var members: [String: JSON] = [:]
        for key in typeNameKeys { members[key] = "Mutation" }
        for (call, answer) in zip(calls, answers) {
            members[call.key] = Self.shape.selected(call.selections, of: answer)
        }
        return .object(members)
    }
}
