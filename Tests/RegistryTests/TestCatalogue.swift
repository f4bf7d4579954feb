// The built-in connectors, and the places of the repository that tests read.

import Flow
import Foundation
import Testing

enum TestCatalogue {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Read from the sources, so that these tests need no resources of another target.
    static func load() throws -> Catalogue { try loaded.get() }

    private static let loaded = Result<Catalogue, any Error> {
        let folder = root + "/Sources/Connectors/Apps"
        let ids = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.contains(".") }
            .sorted()
        let connectors = try ids.map { id in
            let text = try String(contentsOfFile: "\(folder)/\(id)/\(id).yaml", encoding: .utf8)
            let sink = DiagnosticSink(file: id)
            let document = try #require(try DocumentNode.parse(yaml: text, file: id).first)
            let connector = ConnectorDefinition(document: document, sink: sink)
            try sink.throwIfAny()
            return try #require(connector)
        }
        return Catalogue(connectors)
    }
}
