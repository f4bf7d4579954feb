package import Flow
internal import Liquid

/// The action that a check asks an app's endpoint for, with the inputs that it sends.
package struct CheckedAction: Sendable {
    /// With all inputs.
    package let run: ActionRun
    /// The same under an id of its own, without what it can't do without; nil where there is nothing to leave out.
    package let incomplete: ActionRun?
    /// Inputs that `incomplete` lacks.
    package let missing: [String]
    /// Nil for an action that the catalogue doesn't have: nobody knows whether it declares a return value.
    package let definition: ActionDefinition?
    /// Those of the action's connector.
    package let types: SchemaTypes

    /// - Parameters:
    ///   - definition: says which inputs are required; without it all are taken to be.
    ///   - nonce: makes the ids new for each check, so that an app doesn't know them from the last one.
    package init(
        _ action: ActionReference, properties: [String: JSON], definition: ActionDefinition? = nil,
        types: SchemaTypes = [:], store: String, nonce: String
    ) {
        self.definition = definition
        self.types = types
        run = Self.run(of: action, properties, store: store, nonce: nonce, "complete")
        let required = definition.map { Set($0.fields.filter(\.isRequired).map(\.key)) }
        let rest = properties.filter { required?.contains($0.key) == false }
        missing = properties.keys.filter { rest[$0] == nil }.sorted()
        incomplete =
            missing.isEmpty
            ? nil : Self.run(of: action, rest, store: store, nonce: nonce, "incomplete")
    }

    private static func run(
        of action: ActionReference, _ properties: [String: JSON], store: String, nonce: String,
        _ workflow: String
    ) -> ActionRun {
        let source = "sluice-check"
        let id = RunID.actionRun(
            store: store, source: source, event: nonce, workflow: workflow, stepPath: "0")
        let event = EventIdentity(
            source: source, store: store, id: nonce,
            trigger: TriggerReference(connector: source, handle: "check"))
        return ActionRun(
            id: id,
            workflowRun: WorkflowRun(id: id, workflow: workflow, version: 1, store: store, event: event),
            action: action, stepID: "check", stepPath: "0", properties: properties, slip: .end,
            orderingKey: nil)
    }
}
