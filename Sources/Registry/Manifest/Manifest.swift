// What users write down of connectors of their own, organizations, stores, installations, connections and workflows.

import Flow

/// The documents of a set of YAML files. They are well-formed and of a known kind; what they say is checked when a
/// plan is made of them.
package struct Manifest: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case organization, store, installation, connection, workflow, connector
    }

    package struct Document: Sendable {
        /// The file's name as the user gave it, or as it was found in the folder that the user gave.
        package let file: String
        package let kind: Kind
        package let node: DocumentNode
    }

    /// In the order of the files and of the documents in them.
    package let documents: [Document]

    package init(documents: [Document]) {
        self.documents = documents
    }
}
