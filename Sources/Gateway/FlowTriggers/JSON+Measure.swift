import Flow
import Liquid

extension JSON {
    /// Whether its JSON has at most so many bytes.
    ///
    /// What a document makes of variables may be written a million times as long as it came, so this gives up as soon as
    /// it is certain: each value has a byte at least.
    func isWritten(within limit: Int) -> Bool {
        var left = limit
        return fits(&left) && jsonBytes.count <= limit
    }

    private func fits(_ left: inout Int) -> Bool {
        switch self {
        case .null, .bool, .integer, .decimal: left -= 1
        case .string(let text): left -= text.utf8.count + 2
        case .array(let items):
            left -= 2
            for item in items where !item.fits(&left) { return false }
        case .object(let members):
            left -= 2
            for (name, value) in members {
                left -= name.utf8.count + 3
                guard value.fits(&left) else { return false }
            }
        }
        return left >= 0
    }

    /// Whether lists and objects stand at most so deep within each other.
    func isNested(within depth: Int) -> Bool {
        switch self {
        case .array(let items): depth > 0 && items.allSatisfy { $0.isNested(within: depth - 1) }
        case .object(let members): depth > 0 && members.values.allSatisfy { $0.isNested(within: depth - 1) }
        default: true
        }
    }
}
