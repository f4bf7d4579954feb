// Finds what a user names in the catalogue, or says what there is.

import Flow

/// A trigger with the connector that it belongs to.
struct NamedTrigger: Hashable, Sendable {
    let connector: ConnectorDefinition
    let trigger: TriggerDefinition

    var reference: TriggerReference { TriggerReference(connector: connector.id, handle: trigger.handle) }
}

extension Catalogue {
    /// - Throws: wrong use, with names that are alike.
    func named(_ id: String) throws(CommandError) -> ConnectorDefinition {
        if let connector = self[id] { return connector }
        let near = id.isEmpty ? [] : near(id.lowercased()).prefix(5)
        let hint = near.isEmpty ? "" : "did you mean \(near.joined(separator: ", "))? "
        throw .wrongUse("no connector is called “\(id)”", do: "\(hint)list all with: sluice connectors list")
    }

    /// - Parameter text: ids, separated by commas.
    func named(list text: String) throws(CommandError) -> Set<String> {
        var ids: Set<String> = []
        for id in text.split(separator: ",", omittingEmptySubsequences: false) {
            ids.insert(try named(id.trimmingPrefix { $0 == " " }.description).id)
        }
        return ids
    }

    /// - Parameter text: `connector/trigger`.
    func namedTrigger(_ text: String) throws(CommandError) -> NamedTrigger {
        guard let reference = TriggerReference(text) else {
            if let connector = self[text] {
                throw .wrongUse("“\(text)” names no trigger", do: Self.choices(of: connector))
            }
            throw .wrongUse(
                "“\(text)” is no trigger",
                do: "write it as CONNECTOR/TRIGGER, such as loyaltylion/moved-up-tier")
        }
        let connector = try named(reference.connector)
        if let trigger = connector.trigger(reference.handle) {
            return NamedTrigger(connector: connector, trigger: trigger)
        }
        let what =
            connector.action(reference.handle) == nil
            ? "\(connector.id) has no trigger “\(reference.handle)”"
            : "\(reference) is an action; apps send triggers, and Sluice sends actions"
        throw .wrongUse(what, do: Self.choices(of: connector))
    }

    private static func choices(of connector: ConnectorDefinition) -> String {
        connector.triggers.isEmpty
            ? "choose another connector: \(connector.id) has only actions"
            : "use \(connector.triggers.map { "\(connector.id)/\($0.handle)" }.joined(separator: ", "))"
    }
}

extension ConnectorDefinition {
    /// - Throws: wrong use, with the actions that there are.
    func namedAction(_ handle: String) throws(CommandError) -> ActionDefinition {
        if let action = action(handle) { return action }
        throw .wrongUse(
            "\(id) has no action “\(handle)”",
            do: actions.isEmpty
                ? "choose another connector: \(id) has only triggers"
                : "use \(actions.map(\.handle).joined(separator: ", "))")
    }
}
