extension Catalogue {
    /// Reports a trigger that no connector offers.
    package func check(_ trigger: TriggerReference, _ reader: DocumentReader) {
        guard self.trigger(trigger) == nil else { return }
        let handles = self[trigger.connector]?.triggers.map(\.handle)
        reader.report(
            "\(reader.join("trigger")): \(unknown("trigger", "\(trigger)", trigger.connector, handles))",
            at: reader.optional("trigger")?.mark)
    }

    /// Reports an action that no connector offers, inputs that it doesn't have, and required ones that are missing.
    package func check(_ action: ActionReference, inputs: Set<String>, _ reader: DocumentReader) {
        guard let definition = self.action(action) else {
            let handles = self[action.connector]?.actions.map(\.handle)
            reader.report(
                "\(reader.join("action")): \(unknown("action", "\(action)", action.connector, handles))",
                at: reader.optional("action")?.mark)
            return
        }
        let mark = reader.optional("inputs")?.mark ?? reader.node.mark
        let keys = definition.fields.map(\.key)
        for name in inputs.subtracting(keys).sorted() {
            reader.report(
                "\(reader.join("inputs")).\(name): \(action) has no such input; it has \(keys.joined(separator: ", "))",
                at: mark)
        }
        for field in definition.fields where field.isRequired && !inputs.contains(field.key) {
            reader.report("\(reader.join("inputs")).\(field.key) is missing; \(action) needs it", at: mark)
        }
    }

    private func unknown(_ kind: String, _ text: String, _ connector: String, _ handles: [String]?) -> String
    {
        guard let handles else {
            let near = near(connector)
            return "there is no connector \(connector)"
                + (near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?")
        }
        guard !handles.isEmpty else { return "\(connector) has no \(kind)s" }
        return "there is no \(kind) \(text); \(connector) has \(handles.joined(separator: ", "))"
    }
}
