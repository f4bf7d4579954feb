internal import Flow

extension VendorReplica {
    /// The replica of a connector that ships with the program; nil where its API is not described.
    package static func builtIn(
        _ connector: String, in folder: ResourceFolder
    ) throws(ConnectorsError) -> VendorReplica? {
        let file = "Apps/\(connector)/api.yaml"
        guard folder.has(file) else { return nil }
        let text = try folder.text(of: file)
        do throws(Diagnostics) {
            return try VendorReplica(connector: connector, text: text, file: file)
        } catch {
            throw .invalid(error)
        }
    }

    init(connector: String, text: String, file: String) throws(Diagnostics) {
        let documents = try DocumentNode.parse(yaml: text, file: file)
        let sink = DiagnosticSink(file: file)
        if documents.count != 1 { sink.report(nil, "one document should stand here, not \(documents.count)") }
        var calls: [DocumentedCall] = []
        if let document = documents.first {
            let reader = DocumentReader(document, path: "", sink: sink)
            calls = reader.list("calls", required: true).enumerated().compactMap { index, item in
                DocumentedCall(reader.reader(of: item, "calls[\(index)]"))
            }
            reader.finish()
        }
        try sink.throwIfAny()
        self.connector = connector
        self.calls = calls
    }
}
