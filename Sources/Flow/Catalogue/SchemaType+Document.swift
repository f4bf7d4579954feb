import Liquid

extension SchemaTypes {
    /// Types of one connector, at most; the same holds for the members of one type.
    package static let limit = 100
    /// Members of one value of a type, those of nested objects included, at most.
    package static let weightLimit = 1000

    static func read(_ name: String, of reader: DocumentReader) -> SchemaTypes {
        guard let node = reader.optional(name) else { return [:] }
        guard case .map(let members) = node.content, members.count <= limit else {
            reader.report(
                "\(reader.join(name)): a map of up to \(limit) types should stand here", at: node.mark)
            return [:]
        }
        var types: SchemaTypes = [:]
        for member in members {
            let place = "\(reader.join(name)).\(member.name)"
            guard TypeExpression.isName(member.name), !TypeExpression.scalars.contains(member.name) else {
                reader.report(
                    "\(place): a type's name is letters, digits and _, and no scalar's", at: member.nameMark)
                continue
            }
            types[member.name] = SchemaType(member.node, place, reader)
        }
        types.check(members, reader.join(name), reader)
        return types
    }

    /// Reports unknown types, and types that would never end or grow beyond all measure.
    private func check(_ members: [DocumentNode.Member], _ path: String, _ reader: DocumentReader) {
        for member in members {
            guard let type = self[member.name] else { continue }
            for part in type.parts where self[part.name] == nil && !TypeExpression.scalars.contains(part.name)
            {
                reader.report("\(path).\(member.name): \(part) is no known type", at: member.node.mark)
            }
            if weight(of: member.name, within: [], budget: Self.weightLimit) > Self.weightLimit {
                reader.report("\(path).\(member.name): contains itself, or is too large", at: member.nameMark)
            }
        }
    }

    /// How many members a value has when each list has one item. More than the budget for a type that contains
    /// itself; the walk stops there.
    private func weight(of name: String, within outer: Set<String>, budget: Int) -> Int {
        guard let type = self[name] else { return 1 }
        guard !outer.contains(name) else { return budget + 1 }
        var weight = 1
        for part in type.parts where weight <= budget {
            weight += self.weight(of: part.name, within: outer.union([name]), budget: budget - weight)
        }
        return weight
    }
}

extension SchemaType {
    fileprivate init?(_ node: DocumentNode, _ place: String, _ reader: DocumentReader) {
        switch node.content {
        case .map(let members) where (1...SchemaTypes.limit).contains(members.count):
            self = .object(members.compactMap { Member($0, place, reader) })
        case .list(let items) where (1...SchemaTypes.limit).contains(items.count):
            self = .enumeration(items.compactMap { SchemaType.enumValue($0, place, reader) })
        case .scalar(.string(let text)):
            guard let type = TypeExpression.read(text, at: node.mark, place, reader) else { return nil }
            self = .alias(type)
        default:
            reader.report(
                "\(place): a map of members, a list of enum values or a type should stand here (1 to \(SchemaTypes.limit))",
                at: node.mark)
            return nil
        }
    }

    private static func enumValue(_ node: DocumentNode, _ place: String, _ reader: DocumentReader) -> String?
    {
        if case .scalar(.string(let text)) = node.content, TypeExpression.isName(text) { return text }
        reader.report("\(place): an enum's values are words of letters, digits and _", at: node.mark)
        return nil
    }
}

extension SchemaType.Member {
    fileprivate init?(_ member: DocumentNode.Member, _ place: String, _ reader: DocumentReader) {
        guard TypeExpression.isName(member.name), case .scalar(.string(let text)) = member.node.content else {
            reader.report("\(place).\(member.name): name: Type should stand here", at: member.nameMark)
            return nil
        }
        let type = TypeExpression.read(text, at: member.node.mark, "\(place).\(member.name)", reader)
        guard let type else { return nil }
        self.init(name: member.name, type: type)
    }
}

extension TypeExpression {
    /// A type of a member of the reader's map, which must be known.
    static func read(_ text: String, _ name: String, of reader: DocumentReader, _ types: SchemaTypes)
        -> TypeExpression?
    {
        let mark = reader.optional(name)?.mark
        guard let type = read(text, at: mark, reader.join(name), reader) else { return nil }
        if types[type.name] != nil || scalars.contains(type.name) { return type }
        reader.report(
            "\(reader.join(name)): the type \(type.name) is not among this connector's types", at: mark)
        return nil
    }

    fileprivate static func read(
        _ text: String, at mark: DocumentNode.Mark?, _ place: String, _ reader: DocumentReader
    ) -> TypeExpression? {
        if let type = TypeExpression(text) { return type }
        reader.report("\(place): “\(text)” is no type, such as Int, String! or [SearchStat!]", at: mark)
        return nil
    }
}
