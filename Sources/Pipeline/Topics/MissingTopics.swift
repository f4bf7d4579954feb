/// Topics that somebody needs and that the cluster does not have.
package struct MissingTopics: Error, CustomStringConvertible {
    package let names: [String]

    package init(names: [String]) {
        self.names = names
    }

    /// The first few by name.
    package var list: String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    package var description: String {
        "the cluster has no topic \(list); create \(names.count == 1 ? "it" : "them") with: sluice topics create"
    }
}
