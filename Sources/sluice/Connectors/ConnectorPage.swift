// A connector as a page of text.

import Connectors
import Flow

/// Everything about one connector, for people.
struct ConnectorPage {
    private var lines: [String] = []
    private let width: Int?

    init(_ connector: ConnectorDefinition, width: Int? = nil) {
        self.width = width
        lines.append("\(connector.name) (\(connector.id)), \(connector.category)")
        for note in connector.notes { lines.append("note: \(note)") }
        connection(connector)
        for trigger in connector.triggers {
            head("trigger", "\(connector.id)/\(trigger.handle)", trigger.title, trigger.description)
            for constraint in trigger.constraints { lines.append("  constraint: \(constraint)") }
            fields(trigger.fields)
        }
        for action in connector.actions {
            head("action", "\(connector.id)/\(action.handle)", action.title, action.description)
            delivery(action, of: connector)
            for constraint in action.constraints { lines.append("  constraint: \(constraint)") }
            fields(action.fields)
        }
    }

    var text: String { lines.joined(separator: "\n") }

    // MARK: Connection

    /// What a connection of it may hold; nothing for an app that is only listened to.
    private mutating func connection(_ connector: ConnectorDefinition) {
        guard !connector.actions.isEmpty else { return }
        lines += ["", "connection: \(Self.protocols(of: connector))"]
        for limit in connector.limits { lines.append("  limit of all actions: \(limit)") }
        let credentials = connector.connection.ways.enumerated().flatMap { index, way in
            way.credentials.map {
                ["\(index + 1)", way.kind.rawValue, $0.key, $0.isRequired ? "yes" : "no", $0.description]
            }
        }
        if !credentials.isEmpty {
            if connector.connection.ways.count > 1 {
                lines.append("  the credentials of one of \(connector.connection.ways.count) ways:")
            }
            add(TextTable(["WAY", "KIND", "CREDENTIAL", "REQUIRED", "DESCRIPTION"], rows: credentials))
        }
        for way in connector.connection.ways {
            if let url = way.tokenURL { lines.append("  \(way.kind.rawValue): tokens from \(url)") }
            if !way.scopes.isEmpty {
                lines.append("  \(way.kind.rawValue): scopes \(way.scopes.joined(separator: ", "))")
            }
        }
        let settings = connector.connection.settings.map { setting in
            [
                setting.key, setting.isRequired ? "yes" : "no",
                Self.described(setting.description, values: setting.values),
            ]
        }
        if !settings.isEmpty { add(TextTable(["SETTING", "REQUIRED", "DESCRIPTION"], rows: settings)) }
    }

    private static func protocols(of connector: ConnectorDefinition) -> String {
        let flow = "endpoint and secret, for Flow's protocol"
        guard !connector.connection.ways.isEmpty else { return flow }
        let isMixed = connector.actions.contains { $0.delivery.channel == .flowAction }
        return isMixed
            ? "credentials, for the vendor's API; \(flow), for the actions that say flow-action"
            : "credentials, for the vendor's API; or protocol: flow-action, \(flow)"
    }

    // MARK: Actions

    private mutating func delivery(_ action: ActionDefinition, of connector: ConnectorDefinition) {
        let delivery = action.delivery
        lines.append(
            "  protocol: \(delivery.channel.rawValue), confidence: \(delivery.confidence.rawValue), "
                + "when in doubt: \(delivery.inDoubt.rawValue)")
        if let note = Self.confidence(of: delivery) { lines.append("  note: \(note)") }
        if delivery.channel == .vendorAPI {
            lines.append(
                Vendors.api(of: connector.id) == nil
                    ? "  note: Sluice doesn't call this API yet: a connection needs an endpoint that speaks Flow's protocol"
                    : "  note: a connection may choose Flow's protocol instead, with protocol: flow-action and an endpoint"
            )
        }
        for limit in delivery.limits { lines.append("  limit: \(limit)") }
        if let type = action.returns { lines.append("  returns: \(type)") }
    }

    /// What it means that something is not certain; nil where it is.
    private static func confidence(of delivery: ActionDefinition.Delivery) -> String? {
        switch (delivery.channel, delivery.confidence) {
        case (_, .high): nil
        case (.vendorAPI, .medium):
            "known from help pages or from several integrations, not from the vendor's reference: try it with a test "
                + "account first"
        case (.vendorAPI, .low):
            "known indirectly only: try it with a test account first, and expect that something is different"
        case (.flowAction, .medium): "no public API was found that would do it; help pages say so"
        case (.flowAction, .low):
            "no public API was found that would do it, which doesn't mean that there is none"
        }
    }

    // MARK: Parts

    private mutating func head(_ kind: String, _ reference: String, _ title: String, _ description: String) {
        lines += ["", "\(kind) \(reference): \(title)"]
        if !description.isEmpty { lines.append("  \(description)") }
    }

    private mutating func fields(_ fields: [FieldDefinition]) {
        guard !fields.isEmpty else {
            lines.append("  no fields")
            return
        }
        add(
            TextTable(
                ["FIELD", "TYPE", "REQUIRED", "SOURCE", "DESCRIPTION"],
                rows: fields.map { field in
                    [
                        field.key, "\(field.type)", field.isRequired ? "yes" : "no",
                        Self.source(field.source), Self.described(field.description, values: field.values),
                    ]
                }))
    }

    private mutating func add(_ table: TextTable) {
        lines += table.text(width: width.map { $0 - 2 }).split(separator: "\n").map { "  \($0)" }
    }

    private static func described(_ description: String, values: [String]) -> String {
        let values = values.isEmpty ? "" : "one of \(values.joined(separator: ", "))"
        return [description, values].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// `inferred` stays; of a page its address is enough.
    private static func source(_ source: String) -> String {
        source.contains("://") ? "vendor page" : source
    }
}
