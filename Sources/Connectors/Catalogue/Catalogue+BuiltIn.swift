package import Flow

extension Catalogue {
    /// The connectors that ship with the program, read from their files.
    package static func builtIn() throws(ConnectorsError) -> Catalogue {
        try builtIn(ids: Apps.ids, in: ResourceFolder.find())
    }

    /// - Throws: all that is wrong with all of the files, with file, line and column.
    package static func builtIn(ids: [String], in folder: ResourceFolder) throws(ConnectorsError) -> Catalogue
    {
        var connectors: [ConnectorDefinition] = []
        var problems: [Diagnostic] = []
        for id in ids {
            let file = "Apps/\(id)/\(id).yaml"
            let text = try folder.text(of: file)
            do throws(Diagnostics) {
                connectors.append(try connector(id, text: text, file: file))
            } catch {
                problems += error.items
            }
        }
        guard problems.isEmpty else { throw .invalid(Diagnostics(problems)) }
        return Catalogue(connectors)
    }

    private static func connector(_ id: String, text: String, file: String) throws(Diagnostics)
        -> ConnectorDefinition
    {
        let documents = try DocumentNode.parse(yaml: text, file: file)
        let sink = DiagnosticSink(file: file)
        if documents.count != 1 { sink.report(nil, "one document should stand here, not \(documents.count)") }
        let connector = documents.first.flatMap { ConnectorDefinition(document: $0, sink: sink) }
        if let connector, connector.id != id {
            sink.report(nil, "the id is \(connector.id), but the folder's name is \(id)")
        }
        try sink.throwIfAny()
        guard let connector else {
            throw Diagnostics([Diagnostic(file: file, mark: nil, message: "no connector stands here")])
        }
        return connector
    }
}
