import Liquid

extension DocumentNode {
    /// The same document with other texts: each scalar that is text is replaced by what `change` makes of it, at any
    /// depth. Places, names of members and other scalars stay.
    package func replacingTexts(_ change: (String, Mark?) -> String) -> DocumentNode {
        switch content {
        case .scalar(.string(let text)):
            DocumentNode(content: .scalar(.string(change(text, mark))), mark: mark)
        case .scalar:
            self
        case .list(let items):
            DocumentNode(content: .list(items.map { $0.replacingTexts(change) }), mark: mark)
        case .map(let members):
            DocumentNode(
                content: .map(
                    members.map { member in
                        Member(
                            name: member.name, nameMark: member.nameMark,
                            node: member.node.replacingTexts(change))
                    }), mark: mark)
        }
    }

    /// The node of a map's member.
    package subscript(name: String) -> DocumentNode? {
        guard case .map(let members) = content else { return nil }
        return members.first { $0.name == name }?.node
    }
}
