import Flow
import Kafka
import Liquid
import Testing

/// What stays the same over all histories: apps, stores, workflows and topics, written as users write them.
///
/// Small on purpose: ten thousand histories go through it, and every byte of a payload is read again and again.
struct World: Sendable {
    /// What a person switches off and on again.
    enum Pauses: Int, CaseIterable, Sendable {
        case none, storeX, connectorA, both
    }

    static let source = "shop"
    static let triggers = ["order", "visit", "chain"]
    /// `z` has no app that acts, `q` is unknown.
    static let stores = ["x", "y", "z", "q"]
    static let connectors = ["a", "b"]
    /// Its actions are not sent again unasked when nobody knows what came of them.
    static let asking = "b"
    /// Its runs are looked for before they are sent again, in histories where that is so.
    static let looking = "a"

    /// How the app says that a look doesn't tell.
    static let unclearStatus = 300

    let topics = Topics(prefix: "s")
    let catalogue: Catalogue
    /// By what is paused.
    private let directories: [Directory]

    func directory(_ pauses: Pauses) -> Directory { directories[pauses.rawValue] }

    init() throws {
        let customer = FieldDefinition(
            key: "customer_id", type: .integer, isRequired: false, description: "", values: [],
            source: "author")
        let text = FieldDefinition(
            key: "text", type: .singleLineText, isRequired: false, description: "", values: [],
            source: "author")
        let shop = ConnectorDefinition(
            id: Self.source, name: "Shop", category: "test", notes: [],
            triggers: Self.triggers.map {
                TriggerDefinition(
                    handle: $0, title: $0, description: "", constraints: [], fields: [customer])
            }, actions: [])
        let apps = Self.connectors.map { id in
            ConnectorDefinition(
                id: id, name: id, category: "test", notes: [], triggers: [],
                actions: [
                    ActionDefinition(
                        handle: "do", title: "do", description: "", constraints: [], fields: [text],
                        delivery: .init(inDoubt: id == Self.asking ? .ask : .resend))
                ])
        }
        catalogue = Catalogue([shop] + apps)
        var base = Directory()
        for (kind, id, body) in try Self.entities() {
            try #require(base.apply(Self.entry(kind, id, body)) == .won)
        }
        directories = try Pauses.allCases.map { pauses in
            var directory = base
            for pause in pauses.all {
                try #require(directory.apply(Self.entry(.pause, pause.id, pause.body)) == .won)
            }
            return directory
        }
    }

    private static func entry(_ kind: RegistryEntry.Kind, _ id: String, _ body: JSON) -> RegistryEntry {
        RegistryEntry(kind: kind, id: id, version: 1, nonce: "n", body: body)
    }

    private static func entities() throws -> [(RegistryEntry.Kind, String, JSON)] {
        let yaml = [
            (RegistryEntry.Kind.store, "x", "domain: x\norganization: o\napps: [shop, a, b]"),
            (.store, "y", "domain: y\norganization: o\napps: [shop, a, b]"),
            (.store, "z", "domain: z\norganization: o\napps: [shop]"),
            (.connection, "a@*", "connector: a\nendpoint: https://a.example.com"),
            // What ends in a dead letter there holds its key, in histories where connections say so.
            (
                .connection, "a@x",
                "connector: a\nstore: x\nendpoint: https://a.example.com\nafter_dead_letter: hold"
            ),
            (
                .connection, "b@x",
                "connector: b\nstore: x\nendpoint: https://b.example.com\nafter_dead_letter: hold"
            ),
            (.connection, "b@*", "connector: b\nendpoint: https://b.example.com"),
            (.workflow, "o1", "id: o1\norganization: o\ntrigger: shop/order\nsteps: [{action: b/do}]"),
            (
                .workflow, "v1",
                "id: v1\norganization: o\ntrigger: shop/visit\nsteps: [{wait: 5s}, {action: a/do}]"
            ),
            (
                .workflow, "c1",
                "id: c1\norganization: o\ntrigger: shop/chain\nsteps:\n"
                    + "  - {action: a/do, inputs: {text: 'to {{ trigger.customer_id }}'}}\n"
                    + "  - {wait: 3s}\n  - {action: a/do}\n  - {action: b/do}"
            ),
        ]
        return try yaml.map { kind, id, text in
            (kind, id, try #require(try DocumentNode.parse(yaml: text).first).value)
        }
    }
}

extension World.Pauses {
    /// What held runs are told of when these pauses become those.
    func changes(to other: World.Pauses) -> [HoldChange] {
        let (before, after) = (Set(all.map(\.id)), Set(other.all.map(\.id)))
        return before.symmetricDifference(after).sorted().map { .pause($0) }
    }

    fileprivate var all: [Pause] {
        let store = Pause(scope: .store, name: "x", reason: nil)
        let connector = Pause(scope: .connector, name: "a", reason: nil)
        return switch self {
        case .none: []
        case .storeX: [store]
        case .connectorA: [connector]
        case .both: [store, connector]
        }
    }
}
