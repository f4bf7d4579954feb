// The entities of a manifest, each with the document that it came from.

import Flow

/// Reads a manifest's documents into entities and notes every fault with its place. Whether they fit together, and
/// fit the registry, is the plan's to say.
struct ManifestEntities {
    struct Placed<Value> {
        let value: Value
        let document: Manifest.Document
    }

    struct Installation {
        let store: String
        let connector: String
        let isInstalled: Bool
    }

    private(set) var connectors: [String: Placed<ConnectorDefinition>] = [:]
    /// Those that were known before, with the manifest's own.
    private(set) var catalogue: Catalogue
    /// Connectors of the manifest that have faults: what refers to them is not checked against them.
    private var faultyConnectors: Set<String> = []
    private(set) var organizations: [String: Placed<Organization>] = [:]
    private(set) var stores: [String: Placed<Store>] = [:]
    private(set) var installations: [Placed<Installation>] = []
    private(set) var connections: [String: Placed<ConnectionDraft>] = [:]
    private(set) var workflows: [String: Placed<Workflow>] = [:]
    private(set) var faults: [Diagnostic] = []
    /// The first document of each id, unreadable ones included: `store/tea-house.myshopify.com`.
    private var places: [String: Manifest.Document] = [:]

    /// - Parameter catalogue: the connectors that are known without the manifest.
    init(_ manifest: Manifest, catalogue: Catalogue) {
        self.catalogue = catalogue
        // The other documents are checked against them, wherever they stand.
        read(manifest.documents.filter { $0.kind == .connector })
        self.catalogue = catalogue.with(connectors.values.map(\.value))
        read(manifest.documents.filter { $0.kind != .connector })
    }

    private mutating func read(_ documents: [Manifest.Document]) {
        for document in documents {
            let sink = DiagnosticSink(file: document.file)
            read(document, DocumentReader(document.node, path: "", sink: sink))
            if document.kind == .connector, !sink.items.isEmpty, let id = Self.id(of: document)?.id {
                faultyConnectors.insert(id)
            }
            faults += sink.items
        }
    }

    /// Whether the manifest has such a document, readable or not: what refers to an unreadable one is no fault more.
    func claims(_ kind: Manifest.Kind, _ id: String) -> Bool {
        places["\(kind.rawValue)/\(id)"] != nil
    }

    /// What a workflow is checked against: nothing where a connector that it uses has faults of its own.
    private func catalogue(for document: Manifest.Document) -> Catalogue? {
        guard !faultyConnectors.isEmpty else { return catalogue }
        // What it reports is reported when the document is read for good.
        let trial = DocumentReader(document.node, path: "", sink: DiagnosticSink())
        let used = Workflow(trial, catalogue: nil)?.connectors ?? []
        return faultyConnectors.isDisjoint(with: used) ? catalogue : nil
    }

    private mutating func read(_ document: Manifest.Document, _ reader: DocumentReader) {
        let isFirst = claim(document, reader)
        switch document.kind {
        case .connector:
            guard let connector = ConnectorDefinition(reader), isFirst else { return }
            connectors[connector.id] = Placed(value: connector, document: document)
        case .organization:
            guard let organization = Organization(reader), isFirst else { return }
            if Self.isID(organization.id, "id", reader) {
                organizations[organization.id] = Placed(value: organization, document: document)
            }
        case .store:
            guard let store = Store(reader), isFirst else { return }
            stores[store.domain] = Placed(value: store, document: document)
        case .installation:
            guard let installation = Installation(reader), isFirst else { return }
            installations.append(Placed(value: installation, document: document))
        case .connection:
            guard let connection = ConnectionDraft(reader), isFirst else { return }
            connections[connection.id] = Placed(value: connection, document: document)
        case .workflow:
            guard let workflow = Workflow(reader, catalogue: catalogue(for: document)), isFirst else {
                return
            }
            if Self.isID(workflow.id, "id", reader) {
                workflows[workflow.id] = Placed(value: workflow, document: document)
            }
        }
    }

    /// Reports an id that another document has, with both places.
    private mutating func claim(_ document: Manifest.Document, _ reader: DocumentReader) -> Bool {
        guard let (id, mark) = Self.id(of: document) else { return true }
        let key = "\(document.kind.rawValue)/\(id)"
        guard let other = places[key] else {
            places[key] = document
            return true
        }
        let otherMark = Self.id(of: other)?.mark
        let place = otherMark.map { "\(other.file):\($0.line):\($0.column)" } ?? other.file
        reader.report("the \(document.kind.rawValue) \(id) stands here and at \(place)", at: mark)
        return false
    }

    /// What a document calls itself, and where; nil where that is missing.
    private static func id(of document: Manifest.Document) -> (id: String, mark: DocumentNode.Mark?)? {
        func text(_ name: String) -> String? { document.node[name]?.value.stringValue }
        func place(_ id: String, _ name: String) -> (String, DocumentNode.Mark?) {
            (id, document.node[name]?.mark ?? document.node.mark)
        }
        switch document.kind {
        case .organization, .workflow, .connector: return text("id").map { place($0, "id") }
        case .store: return text("domain").map { place($0, "domain") }
        case .installation, .connection:
            let store = text("store") ?? (document.kind == .connection ? "*" : nil)
            guard let connector = text("connector"), let store else { return nil }
            return place("\(connector)@\(store)", "connector")
        }
    }

    /// Ids stand in keys, URLs and logs.
    private static func isID(_ text: String, _ name: String, _ reader: DocumentReader) -> Bool {
        let others = "-_.".utf8
        let isValid =
            (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                others.contains(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
        if !isValid {
            reader.report(
                "\(name): “\(text)” should be 1 to 100 letters, digits, -, _ and . without spaces",
                at: reader.node[name]?.mark)
        }
        return isValid
    }
}

extension ManifestEntities.Installation {
    fileprivate init?(_ reader: DocumentReader) {
        _ = reader.optional("kind")
        let store = reader.string("store")
        let connector = reader.string("connector")
        let isInstalled = reader.optionalBool("installed") ?? true
        reader.finish()
        guard let store, let connector else { return nil }
        self.init(store: store, connector: connector, isInstalled: isInstalled)
    }
}
