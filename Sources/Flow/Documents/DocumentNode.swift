import Liquid

/// A YAML or JSON document with the place of every node, so that each error can name line and column.
///
/// Workflows, stores and connectors are read from it whether they come from a user's file, from the registry
/// or from a record: one reader for all three.
package struct DocumentNode: Sendable, Hashable {
    package indirect enum Content: Sendable, Hashable {
        case scalar(JSON)
        case list([DocumentNode])
        case map([Member])
    }

    package struct Member: Sendable, Hashable {
        package let name: String
        package let nameMark: Mark?
        package let node: DocumentNode
    }

    /// Line and column, counted from 1.
    package struct Mark: Sendable, Hashable {
        package let line: Int
        package let column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package let content: Content
    /// Nil for documents that no person wrote.
    package let mark: Mark?

    package init(content: Content, mark: Mark?) {
        self.content = content
        self.mark = mark
    }

    /// A document without places, from a registry record or a routing slip.
    package init(_ value: JSON) {
        mark = nil
        switch value {
        case .array(let items):
            content = .list(items.map { DocumentNode($0) })
        case .object(let members):
            content = .map(
                members.sorted { $0.key < $1.key }.map {
                    Member(name: $0.key, nameMark: nil, node: DocumentNode($0.value))
                })
        default:
            content = .scalar(value)
        }
    }

    /// The value without its places.
    package var value: JSON {
        switch content {
        case .scalar(let scalar): scalar
        case .list(let items): .array(items.map(\.value))
        case .map(let members):
            .object(
                Dictionary(members.map { ($0.name, $0.node.value) }, uniquingKeysWith: { _, last in last }))
        }
    }

    package var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.kindName
        case .list: "a list"
        case .map: "a map"
        }
    }
}
