/// `connector/action`, as users write it.
package struct ActionReference: Hashable, Sendable, CustomStringConvertible {
    package let connector: String
    package let handle: String

    package init(connector: String, handle: String) {
        self.connector = connector
        self.handle = handle
    }

    /// Nil unless the text is two non-empty words around one slash.
    package init?(_ text: String) {
        guard let parts = Self.split(text) else { return nil }
        self.init(connector: parts.connector, handle: parts.handle)
    }

    /// Reads `connector.action`, as records carry it. No connector's id has a dot.
    package init?(recordType text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(connector: String(parts[0]), handle: String(parts[1]))
    }

    package var description: String { "\(connector)/\(handle)" }

    static func split(_ text: String) -> (connector: String, handle: String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (String(parts[0]), String(parts[1]))
    }
}
