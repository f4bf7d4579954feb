/// What one step of a path leads to. A step that leads nowhere is null, as Liquid has it.
extension Value {
    /// `.name`: the key, or else the size, first or last of what it is asked of.
    func member(_ name: String) -> Value {
        if case .object(let members) = self, let value = members[name] { return value }
        switch name {
        case "size": return size ?? .null
        case "first": return first
        case "last": return last
        default: return .null
        }
    }

    func key(_ key: String) -> Value {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    /// Negative ones count from the end.
    func index(_ index: Int64) -> Value {
        guard case .array(let elements) = self else { return .null }
        let position = index < 0 ? Int64(elements.count) + index : index
        guard position >= 0, position < Int64(elements.count) else { return .null }
        return elements[Int(position)]
    }

    /// `[value]`.
    func element(_ value: Value) -> Value {
        switch value {
        case .string(let key): self.key(key)
        case .integer(let index): self.index(index)
        case .null, .bool, .decimal, .array, .object: .null
        }
    }

    /// What finding the size or the first of it costs of a render's work.
    var searchWeight: Int {
        switch self {
        case .string(let string): string.utf8.count
        case .object(let members): members.count
        case .null, .bool, .integer, .decimal, .array: 1
        }
    }

    /// Code points of a string, elements of a list or object.
    var size: Value? {
        switch self {
        case .string(let string): .integer(Int64(string.unicodeScalars.count))
        case .array(let elements): .integer(Int64(elements.count))
        case .object(let members): .integer(Int64(members.count))
        case .null, .bool, .integer, .decimal: nil
        }
    }

    /// A list's first element; an object's pair of key and value with the least key.
    var first: Value {
        switch self {
        case .array(let elements): elements.first ?? .null
        case .object(let members):
            members.min { $0.key < $1.key }.map { [.string($0.key), $0.value] } ?? .null
        case .null, .bool, .integer, .decimal, .string: .null
        }
    }

    var last: Value {
        guard case .array(let elements) = self else { return .null }
        return elements.last ?? .null
    }
}
