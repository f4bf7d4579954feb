import Liquid

/// A type of a connector's own schema: the part of GraphQL's type language that Flow takes (objects, lists, enums,
/// non-null; no unions, interfaces, scalars of one's own).
///
/// In YAML a map is an object, a list the values of an enum, and a text stands for another type:
///
///     SearchStat: {query: String!, count: Int!, topResults: "[String!]"}
///     Status: [OPEN, CLOSED]
///     TextList: "[String!]"
package enum SchemaType: Hashable, Sendable {
    case object([Member])
    case enumeration([String])
    case alias(TypeExpression)

    package struct Member: Hashable, Sendable {
        package let name: String
        package let type: TypeExpression

        package init(name: String, type: TypeExpression) {
            self.name = name
            self.type = type
        }
    }

    /// The types that this one is made of.
    package var parts: [TypeExpression] {
        switch self {
        case .object(let members): members.map(\.type)
        case .enumeration: []
        case .alias(let type): [type]
        }
    }
}

/// The types of one connector by name. None contains itself, so that walking one always ends.
package typealias SchemaTypes = [String: SchemaType]
