import Flow
import Liquid

/// The old form of `flowTriggerReceive`: a JSON text with `trigger_id` or `trigger_title`, `properties`, and perhaps
/// `resources`, a list of `{name, url}` that Flow showed beside its runs: they are checked, and left out of the event.
///
/// An app's `trigger_id` was Shopify's own number of the trigger, which nobody knows here: the trigger's handle or title
/// stands in its place.
struct FlowTriggerBody {
    /// What is wrong, a line each.
    struct Fault: Error, Hashable {
        let lines: [String]
    }

    /// Lines of a message, at most; nobody reads more, and a body may be wrong in 20,000 places.
    static let lineLimit = 20
    /// Characters of what was sent in a line of a message, at most.
    static let textLimit = 200

    private static let names = ["trigger_id", "trigger_title", "properties", "resources"]

    let trigger: TriggerDefinition
    let properties: JSON

    /// Shape first; which trigger it is only where the shape is right.
    init(_ text: String, of connector: ConnectorDefinition, limit: Int) throws(Fault) {
        let members = try Self.members(of: text)
        var lines = members.keys.filter { !Self.names.contains($0) }.sorted().prefix(Self.lineLimit)
            .map { "Invalid field: '\($0.prefix(Self.textLimit))'." }
        for name in ["trigger_id", "trigger_title"] {
            guard let value = members[name], value.stringValue == nil else { continue }
            lines.append(Self.misfit(name, value, "a String"))
        }
        if let properties = members["properties"] {
            if properties.objectValue == nil {
                lines.append(Self.misfit("properties", properties, "an Object"))
            } else if !properties.isWritten(within: limit) {
                lines.append(Self.tooLarge(limit))
            }
        }
        lines += Self.faults(ofResources: members["resources"])
        guard lines.isEmpty else { throw Fault(lines: lines) }
        trigger = try Self.trigger(members, connector)
        guard let properties = members["properties"] else {
            throw Fault(lines: ["Required field missing: 'properties'."])
        }
        self.properties = properties
    }

    private static func members(of text: String) throws(Fault) -> [String: JSON] {
        let body: JSON
        do throws(JSONError) {
            body = try JSONParser.parse(Array(text.utf8), depthLimit: TriggerEvent.payloadDepth + 1)
        } catch {
            throw Fault(lines: [unreadable(text, error)])
        }
        guard let members = body.objectValue else {
            throw Fault(lines: ["Type error: body is not an Object."])
        }
        return members
    }

    /// `unexpected token 'not' at line 1 column 1`
    private static func unreadable(_ text: String, _ error: JSONError) -> String {
        let bytes = Array(text.utf8)
        let before = bytes.prefix(error.offset)
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        let rest = bytes.dropFirst(error.offset).prefix(4 * textLimit).prefix { $0 > 0x20 }
        let token = String(decoding: rest, as: UTF8.self).prefix(textLimit)
        let what = token.isEmpty ? "unexpected end of input" : "unexpected token '\(token)'"
        return "\(what) at line \(line) column \(column)"
    }

    private static func faults(ofResources resources: JSON?) -> [String] {
        guard let resources else { return [] }
        guard let items = resources.arrayValue else { return [misfit("resources", resources, "an Array")] }
        var lines: [String] = []
        for item in items where lines.count < lineLimit {
            guard let members = item.objectValue else {
                lines.append(misfit("resources", item, "an Object"))
                continue
            }
            for name in ["name", "url"] where members[name] == nil {
                lines.append("Required field missing: '\(name)'.")
            }
            if let name = members["name"], name.stringValue == nil {
                lines.append(misfit("name", name, "a String"))
            }
            if let url = members["url"], !isAbsoluteURL(url) {
                lines.append(misfit("url", url, "an absolute URL"))
            }
        }
        return lines
    }

    private static func isAbsoluteURL(_ value: JSON) -> Bool {
        FieldDefinition(key: "url", type: .url, isRequired: true, description: "", values: [], source: "")
            .accepts(value, types: [:])
    }

    private static func trigger(
        _ members: [String: JSON], _ connector: ConnectorDefinition
    ) throws(Fault) -> TriggerDefinition {
        let given = ["trigger_id", "trigger_title"].compactMap { name in
            members[name]?.stringValue.map { (name, $0) }
        }
        guard !given.isEmpty else { throw Fault(lines: ["Required field missing: 'trigger_id'."]) }
        var lines: [String] = []
        var found: TriggerDefinition?
        for (name, text) in given {
            let trigger = connector.trigger(text) ?? connector.triggers.first { $0.title == text }
            // Where both stand there they mean the same trigger.
            if let trigger, found == nil || found == trigger {
                found = trigger
            } else {
                lines.append("Invalid \(name) '\(text.prefix(textLimit))'.")
            }
        }
        guard lines.isEmpty, let found else { throw Fault(lines: lines) }
        return found
    }

    // MARK: Lines

    static func tooLarge(_ limit: Int) -> String { "Properties size exceeds the limit of \(limit) bytes." }

    static func misfit(_ name: String, _ value: JSON, _ wanted: String) -> String {
        let text = value.stringValue ?? (value.isWritten(within: textLimit) ? value.jsonText : value.kindName)
        return "Type error for field '\(name)': \(text.prefix(textLimit)) is not \(wanted)."
    }
}
