import Flow
import Liquid

/// A value as a document writes it: literals, and variables among them.
struct GraphQLValue: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case scalar(JSON)
        /// A name without quotes.
        case enumeration(String)
        case variable(String)
        case list([GraphQLValue])
        case object([Member])
    }

    struct Member: Hashable, Sendable {
        let name: String
        let value: GraphQLValue
    }

    let kind: Kind
    let place: GraphQLPlace

    /// What it stands for; nil for a variable that has no value.
    ///
    /// Values of variables are shared, not copied: however often one stands here, this costs no more than the document
    /// is long. What is written of it may be far longer.
    func json(_ variables: GraphQLVariables) throws(GraphQLFault) -> JSON? {
        switch kind {
        case .scalar(let value): return value
        case .variable(let name): return try variables.value(of: name, at: place)
        case .enumeration(let name):
            throw GraphQLFault(
                .argumentLiteralsIncompatible, "“\(name.prefix(40))” should stand in quotes: it is no JSON",
                at: place
            )
        case .list(let items):
            var values: [JSON] = []
            for item in items { values.append(try item.json(variables) ?? .null) }
            return .array(values)
        case .object(let members):
            var values: [String: JSON] = [:]
            for member in members { values[member.name] = try member.value.json(variables) }
            return .object(values)
        }
    }
}
