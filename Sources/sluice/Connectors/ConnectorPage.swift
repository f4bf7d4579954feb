// A connector as a page of text.

import Flow

/// Everything about one connector, for people.
struct ConnectorPage {
    private var lines: [String] = []
    private let width: Int?

    init(_ connector: ConnectorDefinition, width: Int? = nil) {
        self.width = width
        lines.append("\(connector.name) (\(connector.id)), \(connector.category)")
        for note in connector.notes { lines.append("note: \(note)") }
        for trigger in connector.triggers {
            head("trigger", "\(connector.id)/\(trigger.handle)", trigger.title, trigger.description)
            for constraint in trigger.constraints { lines.append("  constraint: \(constraint)") }
            fields(trigger.fields)
        }
        for action in connector.actions {
            head("action", "\(connector.id)/\(action.handle)", action.title, action.description)
            let delivery = action.delivery
            lines.append(
                "  protocol: \(delivery.channel.rawValue), confidence: \(delivery.confidence.rawValue), "
                    + "when in doubt: \(delivery.inDoubt.rawValue)")
            if let type = action.returns { lines.append("  returns: \(type)") }
            for constraint in action.constraints { lines.append("  constraint: \(constraint)") }
            fields(action.fields)
        }
    }

    var text: String { lines.joined(separator: "\n") }

    private mutating func head(_ kind: String, _ reference: String, _ title: String, _ description: String) {
        lines += ["", "\(kind) \(reference): \(title)"]
        if !description.isEmpty { lines.append("  \(description)") }
    }

    private mutating func fields(_ fields: [FieldDefinition]) {
        guard !fields.isEmpty else {
            lines.append("  no fields")
            return
        }
        let table = TextTable(
            ["FIELD", "TYPE", "REQUIRED", "SOURCE", "DESCRIPTION"],
            rows: fields.map { field in
                let values = field.values.isEmpty ? "" : "one of \(field.values.joined(separator: ", "))"
                let text = [field.description, values].filter { !$0.isEmpty }.joined(separator: "; ")
                return [
                    field.key, "\(field.type)", field.isRequired ? "yes" : "no", Self.source(field.source),
                    text,
                ]
            })
        let room = width.map { $0 - 2 }
        lines += table.text(width: room).split(separator: "\n").map { "  \($0)" }
    }

    /// `inferred` stays; of a page its address is enough.
    private static func source(_ source: String) -> String {
        source.contains("://") ? "vendor page" : source
    }
}
