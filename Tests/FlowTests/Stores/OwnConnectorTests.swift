import Flow
import Liquid
import Testing

/// Users' connectors among those that ship.
@Suite("Directory: connectors of users' own") struct OwnConnectorTests {
    private static func connector(_ id: String, trigger: String = "ping") -> JSON {
        [
            "id": .string(id), "name": "Tea", "triggers": [["handle": .string(trigger), "title": "Ping"]],
        ]
    }

    private static func entry(_ id: String, _ version: Int, _ body: JSON?) -> RegistryEntry {
        RegistryEntry(kind: .connector, id: id, version: version, nonce: "n", body: body)
    }

    private static func builtIn() throws -> Catalogue {
        let connector = ConnectorDefinition(
            document: DocumentNode(connector("slack")), sink: DiagnosticSink())
        return Catalogue([try #require(connector)])
    }

    @Test func `they stand behind those that ship, come, change and go`() throws {
        var directory = Directory(builtIn: try Self.builtIn())
        directory.apply(Self.entry("zen", 1, Self.connector("zen")))
        directory.apply(Self.entry("art", 1, Self.connector("art")))
        #expect(directory.catalogue.connectors.map(\.id) == ["slack", "art", "zen"])
        #expect(directory.connectors.keys.sorted() == ["art", "zen"])
        #expect(directory.isBuiltIn("slack"))
        #expect(!directory.isBuiltIn("zen"))
        directory.apply(Self.entry("zen", 2, Self.connector("zen", trigger: "pong")))
        #expect(directory.catalogue["zen"]?.triggers.map(\.handle) == ["pong"])
        directory.apply(Self.entry("zen", 3, nil))
        #expect(directory.catalogue.connectors.map(\.id) == ["slack", "art"])
    }

    @Test func `one that can't be read keeps what it was`() throws {
        var directory = Directory(builtIn: try Self.builtIn())
        directory.apply(Self.entry("zen", 1, Self.connector("zen")))
        #expect(
            directory.apply(Self.entry("zen", 2, ["id": "zen", "name": "Zen"]))
                == .unreadable("a connector offers something: add triggers, actions or both"))
        #expect(
            directory.apply(Self.entry("zen", 3, Self.connector("art")))
                == .unreadable("the connector's id is not that of its key"))
        #expect(directory.catalogue["zen"]?.triggers.map(\.handle) == ["ping"])
        #expect(directory.catalogue["art"] == nil)
    }

    @Test func `one that was there before a version ships its id stays until it is deleted`() throws {
        var directory = Directory(builtIn: try Self.builtIn())
        directory.apply(Self.entry("slack", 1, Self.connector("slack", trigger: "pong")))
        #expect(directory.catalogue.connectors.map(\.id) == ["slack"])
        #expect(directory.catalogue["slack"]?.triggers.map(\.handle) == ["pong"])
        #expect(!directory.isBuiltIn("slack"))
        directory.apply(Self.entry("slack", 2, nil))
        #expect(directory.catalogue["slack"]?.triggers.map(\.handle) == ["ping"])
    }
}
