/// One thing that is wrong with a document: what, where, and what to do.
package struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the user gave it; empty where there is none.
    package var file: String
    package let mark: DocumentNode.Mark?
    package let message: String

    package init(file: String = "", mark: DocumentNode.Mark?, message: String) {
        self.file = file
        self.mark = mark
        self.message = message
    }

    /// `workflows.yaml:12:7: steps: a list should stand here, not a string`
    package var description: String {
        let place = mark.map { "\($0.line):\($0.column): " } ?? ""
        return file.isEmpty ? place + message : "\(file):\(place)\(place.isEmpty ? " " : "")\(message)"
    }
}

/// All that is wrong with a set of documents.
package struct Diagnostics: Error, Sendable, CustomStringConvertible {
    package var items: [Diagnostic]

    package init(_ items: [Diagnostic]) {
        self.items = items
    }

    package var description: String { items.map(\.description).joined(separator: "\n") }
}
