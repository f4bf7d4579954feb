// `--set key=value`.

import Flow
import Liquid

/// A value that is put into a payload.
struct PayloadChange: Hashable, Sendable {
    /// The field's key, then the way into it.
    let path: [String]
    let text: String

    /// - Parameter option: `key=value`, or `a.b=value`; the value may hold more `=`.
    init(_ option: String) throws(CommandError) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !path.contains("") else {
            throw .wrongUse(
                "--set wants key=value, not “\(option)”",
                do: "write it as --set points=150, or --set order.total=9.5")
        }
        guard path.count <= TriggerEvent.payloadDepth else {
            throw .wrongUse(
                "--set leads \(path.count) levels deep; a payload has \(TriggerEvent.payloadDepth) at most",
                do: "set a value further up")
        }
        self.path = path
        text = String(parts[1])
    }

    private var key: String { path.first ?? "" }
    private var place: String { "--set \(path.joined(separator: "."))" }

    /// The payload with the value, read by the field's type.
    ///
    /// - Parameter isStrict: whether the key must be one of the trigger's fields and the value of its type. If not,
    ///   what fits nothing is read as JSON, or else taken as text.
    func applied(to payload: JSON, of named: NamedTrigger, isStrict: Bool) throws(CommandError) -> JSON {
        let field = named.trigger.fields.first { $0.key == key }
        if field == nil, isStrict {
            let keys = named.trigger.fields.map(\.key).joined(separator: ", ")
            throw .wrongUse(
                "\(named.reference) has no field “\(key)”", at: place,
                do: "use one of \(keys); or --no-validate, to send it all the same")
        }
        let value = path.count == 1 ? try value(of: field, isStrict: isStrict) : Self.loose(text)
        return try set(value, at: path[...], in: payload)
    }

    private func value(of field: FieldDefinition?, isStrict: Bool) throws(CommandError) -> JSON {
        guard let field else { return Self.loose(text) }
        if let value = field.type.value(of: text) { return value }
        guard isStrict else { return Self.loose(text) }
        throw .wrongUse("“\(text)” is no \(field.type)", at: place, do: "give \(field.type.example)")
    }

    /// JSON where the text is that, else text.
    static func loose(_ text: String) -> JSON {
        (try? JSONParser.parse(text)) ?? .string(text)  // no JSON is the other case, not a fault
    }

    private func set(_ value: JSON, at path: ArraySlice<String>, in target: JSON) throws(CommandError) -> JSON
    {
        guard let name = path.first else { return value }
        switch target {
        case .object(var members):
            members[name] = try set(value, at: path.dropFirst(), in: members[name] ?? .null)
            return .object(members)
        case .null:
            return .object([name: try set(value, at: path.dropFirst(), in: .null)])
        case .array(var items):
            guard let index = Int(name), items.indices.contains(index) else {
                throw .wrongUse(
                    "there is no “\(name)” in a list of \(items.count)", at: place, do: "count from 0")
            }
            items[index] = try set(value, at: path.dropFirst(), in: items[index])
            return .array(items)
        default:
            throw .wrongUse(
                "there is no “\(name)” inside \(target.kindName)", at: place,
                do: "set the value above it as a whole")
        }
    }
}
