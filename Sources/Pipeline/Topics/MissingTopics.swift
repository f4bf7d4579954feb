/// Topics that somebody needs and that the cluster does not have.
package struct MissingTopics: Error, CustomStringConvertible {
    package let names: [String]

    package init(names: [String]) {
        self.names = names
    }

    package var description: String {
        let shown =
            names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
        return "the cluster has no topic \(shown); create them with: sluice topics create"
    }
}
