internal import Flow
internal import Liquid

/// The shape that a vendor's documentation gives a request's body: our own extract of the facts, as data.
///
///     {channel!: string, blocks: [any], data!: {type!: string, tags: [string]}, extra: {"*": any}}
///
/// `!` marks what must be there; a member that isn't named is a fault, unless `*` says what others are.
indirect enum BodyShape: Sendable {
    case string, integer, number, boolean, any
    case list(BodyShape)
    case object([String: BodyShape], required: Set<String>, others: BodyShape?)

    init?(_ node: DocumentNode, _ reader: DocumentReader, _ place: String) {
        switch node.content {
        case .scalar(.string("string")): self = .string
        case .scalar(.string("integer")): self = .integer
        case .scalar(.string("number")): self = .number
        case .scalar(.string("boolean")): self = .boolean
        case .scalar(.string("any")): self = .any
        case .list(let items) where items.count == 1:
            guard let item = BodyShape(items[0], reader, "\(place)[]") else { return nil }
            self = .list(item)
        case .map(let members): self.init(members, reader, place)
        default:
            reader.report(
                "\(place): string, integer, number, boolean, any, a list of one shape, or a map should stand here",
                at: node.mark)
            return nil
        }
    }

    private init?(_ list: [DocumentNode.Member], _ reader: DocumentReader, _ place: String) {
        var members: [String: BodyShape] = [:]
        var required: Set<String> = []
        var others: BodyShape?
        for member in list {
            guard let shape = BodyShape(member.node, reader, "\(place).\(member.name)") else { return nil }
            if member.name == "*" {
                others = shape
            } else if member.name.hasSuffix("!") {
                let name = String(member.name.dropLast())
                members[name] = shape
                required.insert(name)
            } else {
                members[member.name] = shape
            }
        }
        self = .object(members, required: required, others: others)
    }

    /// What is wrong with a value, in words; nil for nothing.
    func fault(in value: JSON, at place: String = "the body") -> String? {
        switch (self, value) {
        case (.any, _), (.string, .string), (.integer, .integer), (.number, .integer), (.number, .decimal),
            (.boolean, .bool):
            return nil
        case (.list(let shape), .array(let items)):
            return items.enumerated().lazy.compactMap { shape.fault(in: $1, at: "\(place)[\($0)]") }.first
        case (.object(let members, let required, let others), .object(let values)):
            if let missing = required.subtracting(values.keys).min() { return "\(place) has no \(missing)" }
            return values.sorted { $0.key < $1.key }.lazy.compactMap { name, value in
                guard let shape = members[name] ?? others else { return "\(place) has an unknown \(name)" }
                return shape.fault(in: value, at: "\(place).\(name)")
            }.first
        default: return "\(place) should be \(words), not \(value.kindName)"
        }
    }

    private var words: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .any: "anything"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
