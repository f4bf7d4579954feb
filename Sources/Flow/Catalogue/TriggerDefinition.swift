/// A kind of trigger event, known by its handle.
package struct TriggerDefinition: Hashable, Sendable {
    package let handle: String
    package let title: String
    package let description: String
    /// What a user of it should know; "seed:" marks what the source document says.
    package let constraints: [String]
    package let fields: [FieldDefinition]

    package init(
        handle: String, title: String, description: String, constraints: [String], fields: [FieldDefinition]
    ) {
        self.handle = handle
        self.title = title
        self.description = description
        self.constraints = constraints
        self.fields = fields
    }
}
