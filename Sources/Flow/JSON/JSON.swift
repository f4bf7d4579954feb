import Liquid

/// A JSON value: what payloads, properties and records are made of, and what templates read.
///
/// It is Liquid's value, so that rendering needs no conversion. Objects have no order of their own; the writer
/// sorts keys, so that equal values have equal bytes.
package typealias JSON = Liquid.Value

extension JSON {
    /// The member of an object, or nil where this is no object or has no such member.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    package var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var integerValue: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    package var boolValue: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    package var arrayValue: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    package var objectValue: [String: JSON]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    package var isNull: Bool { self == .null }

    /// What kind of value this is, in words for error messages.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .decimal: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// An object of those members that have a value.
    package static func compact(_ members: [String: JSON?]) -> JSON {
        .object(members.compactMapValues { $0 })
    }
}
