/// One property of a payload or of an action's inputs.
package struct FieldDefinition: Hashable, Sendable {
    package let key: String
    package let type: FieldType
    package let isRequired: Bool
    package let description: String
    /// The allowed values; empty = any.
    package let values: [String]
    /// `inferred` (our proposal, not the vendor's contract), `seed`, the page where it was seen, or `author` (the
    /// author of the connector's document says so).
    package let source: String

    package init(
        key: String, type: FieldType, isRequired: Bool, description: String, values: [String], source: String
    ) {
        self.key = key
        self.type = type
        self.isRequired = isRequired
        self.description = description
        self.values = values
        self.source = source
    }
}
