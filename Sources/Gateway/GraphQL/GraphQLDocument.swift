import Flow
import Liquid

/// A document of operations, as it is written: nothing of it is known to make sense. Fragments and directives are not
/// read; a document that has some is refused.
struct GraphQLDocument: Hashable, Sendable {
    let operations: [Operation]

    struct Operation: Hashable, Sendable {
        enum Kind: String, Sendable {
            case query, mutation, subscription
        }

        let kind: Kind
        let name: String?
        let variables: [Variable]
        let selections: [Field]
        let place: GraphQLPlace
    }

    struct Variable: Hashable, Sendable {
        let name: String
        let type: TypeExpression
        let defaultValue: GraphQLValue?
        let place: GraphQLPlace
    }

    struct Field: Hashable, Sendable {
        let alias: String?
        let name: String
        let arguments: [Argument]
        /// Nil where no braces follow it.
        let selections: [Field]?
        let place: GraphQLPlace

        /// What it is called in the answer.
        var key: String { alias ?? name }
    }

    struct Argument: Hashable, Sendable {
        let name: String
        let value: GraphQLValue
        let place: GraphQLPlace
    }

    /// The one that is to be carried out: the named one, or the only one.
    func operation(named name: String?) throws(GraphQLFault) -> Operation {
        if let name, !name.isEmpty {
            guard let operation = operations.first(where: { $0.name == name }) else {
                throw GraphQLFault(.unsupported, "No operation named \"\(name.prefix(100))\"")
            }
            return operation
        }
        guard operations.count == 1, let operation = operations.first else {
            throw GraphQLFault(
                .unsupported,
                "An operation name is required: the document has \(operations.count) operations; name one as "
                    + "operationName")
        }
        return operation
    }
}
