/// A use of a type, as GraphQL writes it: `Int`, `String!`, `[SearchStat!]`.
package indirect enum TypeExpression: Hashable, Sendable, CustomStringConvertible {
    case named(String)
    case list(TypeExpression)
    case nonNull(TypeExpression)

    package static let scalars: Set<String> = ["String", "Int", "Float", "Boolean", "ID"]
    /// Lists within each other, at most.
    private static let depthLimit = 8

    /// Nil for what GraphQL would not read.
    package init?(_ text: String) {
        self.init(text[...], depth: 0)
    }

    private init?(_ text: Substring, depth: Int) {
        guard depth <= 2 * Self.depthLimit else { return nil }
        if text.hasSuffix("!") {
            guard let inner = TypeExpression(text.dropLast(), depth: depth + 1), !inner.isNonNull else {
                return nil
            }
            self = .nonNull(inner)
        } else if text.hasPrefix("["), text.hasSuffix("]") {
            guard let inner = TypeExpression(text.dropFirst().dropLast(), depth: depth + 1) else {
                return nil
            }
            self = .list(inner)
        } else if Self.isName(text) {
            self = .named(String(text))
        } else {
            return nil
        }
    }

    /// A letter or underscore, then these and digits.
    package static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "_") || first.isLetter else { return false }
        return text.utf8.count <= 100
            && text.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.isLetter || $0.isDigit }
    }

    package var isNonNull: Bool {
        if case .nonNull = self { true } else { false }
    }

    /// The name inside all lists and exclamation marks.
    package var name: String {
        switch self {
        case .named(let name): name
        case .list(let inner), .nonNull(let inner): inner.name
        }
    }

    package var description: String {
        switch self {
        case .named(let name): name
        case .list(let inner): "[\(inner)]"
        case .nonNull(let inner): "\(inner)!"
        }
    }
}
