/// What an app offers to workflows: its triggers and actions.
package struct ConnectorDefinition: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens: `loyaltylion`.
    package let id: String
    package let name: String
    package let category: String
    package let notes: [String]
    /// The types that its trigger fields name as `schema.<Type>`.
    package let types: SchemaTypes
    /// What the vendor allows for all its actions together.
    package let limits: [RateLimit]
    /// What a connection needs to call the vendor's own API.
    package let connection: ConnectionDefinition
    package let triggers: [TriggerDefinition]
    package let actions: [ActionDefinition]

    package init(
        id: String, name: String, category: String, notes: [String], types: SchemaTypes = [:],
        limits: [RateLimit] = [], connection: ConnectionDefinition = ConnectionDefinition(),
        triggers: [TriggerDefinition], actions: [ActionDefinition]
    ) {
        self.id = id
        self.name = name
        self.category = category
        self.notes = notes
        self.types = types
        self.limits = limits
        self.connection = connection
        self.triggers = triggers
        self.actions = actions
    }

    package func trigger(_ handle: String) -> TriggerDefinition? { triggers.first { $0.handle == handle } }
    package func action(_ handle: String) -> ActionDefinition? { actions.first { $0.handle == handle } }
}
