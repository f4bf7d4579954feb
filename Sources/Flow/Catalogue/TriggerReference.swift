/// `connector/trigger`, as users write it.
package struct TriggerReference: Hashable, Sendable, CustomStringConvertible {
    package let connector: String
    package let handle: String

    package init(connector: String, handle: String) {
        self.connector = connector
        self.handle = handle
    }

    /// Nil unless the text is two non-empty words around one slash.
    package init?(_ text: String) {
        guard let parts = ActionReference.split(text) else { return nil }
        self.init(connector: parts.connector, handle: parts.handle)
    }

    package var description: String { "\(connector)/\(handle)" }
    /// The `ce_type` of its events: `loyaltylion.moved-up-tier`.
    package var eventType: String { "\(connector).\(handle)" }
}
