import Flow
import Liquid
import Testing

@Suite struct DirectoryTests {
    private static let store = Store(
        domain: "s", organization: "o", shopID: nil, isSluiceInstalled: true, apps: ["slack"])

    private static func body(_ owner: String = "o", trigger: String = "a/b") -> JSON {
        [
            "id": "w", "organization": .string(owner), "trigger": .string(trigger),
            "steps": [["action": "slack/x"]],
        ]
    }

    private static func entry(_ version: Int, nonce: String = "n", _ body: JSON?) -> RegistryEntry {
        RegistryEntry(kind: .workflow, id: "w", version: version, nonce: nonce, body: body)
    }

    private func trigger(_ text: String) throws -> TriggerReference { try #require(TriggerReference(text)) }

    private func found(_ directory: Directory, _ trigger: String = "a/b", in store: Store = store) throws
        -> [Int]
    {
        directory.workflows(for: try self.trigger(trigger), in: store).map(\.version)
    }

    @Test func `the first record of a version wins, and read again it wins again`() throws {
        var directory = Directory()
        #expect(directory.apply(Self.entry(1, nonce: "x", Self.body())) == .won)
        #expect(directory.apply(Self.entry(1, nonce: "y", Self.body("other"))) == .lost(to: "x"))
        #expect(directory.apply(Self.entry(1, nonce: "x", Self.body())) == .won)
        #expect(directory.winner(.workflow, "w", version: 1) == "x")
        #expect(directory.workflows["w"]?.workflow.owner == .organization("o"))
        #expect(try found(directory) == [1])
    }

    @Test func `winners are known of the last ten versions, so that a busy entity takes no memory`() {
        var directory = Directory()
        for version in 1...1_000 { directory.apply(Self.entry(version, nonce: "n\(version)", Self.body())) }
        #expect(directory.winner(.workflow, "w", version: 1_000) == "n1000")
        #expect(directory.winner(.workflow, "w", version: 991) == "n991")
        #expect(directory.winner(.workflow, "w", version: 990) == nil)
        #expect(directory.apply(Self.entry(995, nonce: "n995", Self.body())) == .won)
        #expect(directory.apply(Self.entry(995, nonce: "x", Self.body())) == .lost(to: "n995"))
        #expect(directory.apply(Self.entry(5, nonce: "x", Self.body())) == .lost(to: "n1000"))
    }

    @Test func `an older version that comes late is ignored`() throws {
        var directory = Directory()
        directory.apply(Self.entry(3, nonce: "x", Self.body()))
        #expect(directory.apply(Self.entry(2, nonce: "y", Self.body("other"))) == .lost(to: "x"))
        #expect(directory.newest(.workflow, "w")?.version == 3)
        #expect(try found(directory) == [3])
    }

    @Test func `a deletion leaves no workflow but keeps its version`() throws {
        var directory = Directory()
        directory.apply(Self.entry(1, Self.body()))
        #expect(directory.apply(Self.entry(2, nil)) == .won)
        #expect(directory.workflows.isEmpty)
        #expect(try found(directory) == [])
        #expect(directory.newest(.workflow, "w")?.version == 2)
        #expect(directory.newest(.workflow, "w")?.body == nil)
        #expect(directory.apply(Self.entry(3, Self.body())) == .won)
        #expect(try found(directory) == [3])
    }

    @Test func `a workflow moves in the index when its trigger or owner changes`() throws {
        var directory = Directory()
        directory.apply(Self.entry(1, Self.body()))
        directory.apply(Self.entry(2, Self.body(trigger: "a/c")))
        #expect(try found(directory) == [])
        #expect(try found(directory, "a/c") == [2])
        directory.apply(Self.entry(3, Self.body("p", trigger: "a/c")))
        #expect(try found(directory, "a/c") == [])
        let other = Store(domain: "t", organization: "p", shopID: nil, isSluiceInstalled: true, apps: [])
        #expect(try found(directory, "a/c", in: other) == [3])
    }

    @Test func `a document that can't be read keeps the former one, and holds its version`() throws {
        var directory = Directory()
        directory.apply(Self.entry(1, Self.body()))
        guard case .unreadable(let reason) = directory.apply(Self.entry(2, ["id": "w", "future": true]))
        else {
            Issue.record("it was read")
            return
        }
        #expect(reason.contains("future is unknown here"))
        #expect(try found(directory) == [1])
        #expect(directory.newest(.workflow, "w")?.version == 2)
        #expect(
            directory.apply(unreadable: Self.entry(3, nil), reason: "format 2") == .unreadable("format 2"))
        #expect(try found(directory) == [1])
        #expect(directory.apply(Self.entry(3, nonce: "late", nil)) == .lost(to: "n"))
        #expect(directory.apply(Self.entry(4, Self.body())) == .won)
        #expect(try found(directory) == [4])
    }

    @Test func `a store moves with its organization and leaves when it is deleted`() {
        var directory = Directory()
        func entry(_ version: Int, _ body: JSON?) -> RegistryEntry {
            RegistryEntry(kind: .store, id: "s", version: version, nonce: "n", body: body)
        }
        directory.apply(entry(1, Self.store.body))
        #expect(directory.stores(of: .organization("o")) == [Self.store])
        directory.apply(entry(2, ["domain": "s", "organization": "p"]))
        #expect(directory.stores(of: .organization("o")).isEmpty)
        #expect(directory.stores(of: .organization("p")).map(\.domain) == ["s"])
        #expect(directory.stores(of: .store("s")).count == 1)
        directory.apply(entry(3, nil))
        #expect(directory.stores(of: .organization("p")).isEmpty)
        #expect(directory.stores.isEmpty)
    }

    @Test func `a store's own connection goes before the connector's default`() {
        var directory = Directory()
        for (store, endpoint) in [(nil, "https://default"), ("s", "https://own")] as [(String?, String)] {
            let connection = Connection(connector: "slack", store: store, endpoint: endpoint, secrets: [])
            directory.apply(
                RegistryEntry(
                    kind: .connection, id: connection.id, version: 1, nonce: "n", body: connection.body))
        }
        #expect(directory.connection("slack", store: "s")?.endpoint == "https://own")
        #expect(directory.connection("slack", store: "t")?.endpoint == "https://default")
        #expect(directory.connection("tobi", store: "s") == nil)
    }

    @Test func `what an entity's body says is read back as the same entity`() throws {
        let connection = Connection(
            connector: "slack", store: "s", endpoint: "https://x",
            secrets: [SealedText(keyID: "k", sealed: "abc"), SealedText(keyID: "j", sealed: "def")])
        let sink = DiagnosticSink()
        func reader(_ body: JSON) -> DocumentReader {
            DocumentReader(DocumentNode(body), path: "", sink: sink)
        }
        #expect(Connection(reader(connection.body)) == connection)
        #expect(Store(reader(Self.store.body)) == Self.store)
        let organization = Organization(id: "o", name: "Tea")
        #expect(Organization(reader(organization.body)) == organization)
        try sink.throwIfAny()
    }

    @Test(arguments: ["a b", "a/b", "tëa", String(repeating: "a", count: 256)])
    func `a domain that could not be a record's key is refused`(domain: String) {
        let sink = DiagnosticSink()
        let reader = DocumentReader(DocumentNode(["domain": .string(domain)]), path: "", sink: sink)
        #expect(Store(reader) == nil)
        #expect(sink.items.count == 1)
    }
}
