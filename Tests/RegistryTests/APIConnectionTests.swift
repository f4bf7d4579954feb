import Flow
import Registry
import Testing

/// Connections with credentials of a vendor's own API.
@Suite struct APIConnectionTests {
    private static func slack(_ rest: String) -> String {
        "kind: connection\nconnector: slack\n\(rest)"
    }

    private static let token = slack("credentials: { token: { env: SECRET } }")

    private static func faults(_ texts: String...) throws -> [String] {
        do {
            _ = try PlanFixtures.plan(texts.joined(separator: "\n---\n"))
            return []
        } catch let error as Diagnostics {
            return error.items.map(\.message)
        }
    }

    @Test func `credentials rest sealed, and an unchanged one makes no new version`() throws {
        let plan = try PlanFixtures.plan(Self.token)
        let directory = PlanFixtures.directory(plan)
        let connection = try #require(directory.connections["slack@*"])
        #expect(connection.endpoint == nil)
        let box = try SecretBox(keys: PlanFixtures.keys)
        let sealed = try #require(connection.api.credentials["token"])
        #expect(try box.open(sealed, for: "slack@*") == "s3cret")
        #expect(!connection.body.jsonText.contains("s3cret"))
        #expect(plan.warnings.isEmpty)
        #expect(try PlanFixtures.plan(Self.token, against: directory).changes.isEmpty)
        let other = Self.slack("credentials: { token: { env: OLD_SECRET } }")
        #expect(try PlanFixtures.plan(other, against: directory).items(.changed).map(\.id) == ["slack@*"])
    }

    @Test func `a document survives the registry`() throws {
        let text = Self.slack(
            """
            protocol: vendor-api
            api_base: https://slack.example.com/proxy
            token_url: https://tokens.example.com
            credentials: { refresh_token: { env: SECRET }, client_id: id, client_secret: { env: OLD_SECRET } }
            """)
        let connection = try #require(
            PlanFixtures.directory(try PlanFixtures.plan(text)).connections["slack@*"])
        #expect(connection.api.channel == .vendorAPI)
        #expect(connection.api.base == "https://slack.example.com/proxy")
        #expect(connection.api.tokenURL == "https://tokens.example.com")
        let reader = DocumentReader(DocumentNode(connection.body), path: "", sink: DiagnosticSink())
        #expect(Connection(reader) == connection)
    }

    @Test func `which protocol is spoken follows from what is there`() throws {
        let action = try #require(try TestCatalogue.load()["slack"]?.action("send-message"))
        let flow = try #require(try TestCatalogue.load()["loyaltylion"]?.action("change-tier"))
        func channel(_ text: String, _ action: ActionDefinition) throws -> ActionDefinition.Channel? {
            let directory = PlanFixtures.directory(try PlanFixtures.plan(text))
            return directory.connections.values.first?.channel(of: action)
        }
        #expect(try channel(Self.token, action) == .vendorAPI)
        #expect(try channel(PlanFixtures.connection(), action) == .flowAction)
        let both = PlanFixtures.connection(
            rest: "secret: { env: SECRET }\ncredentials: { token: { env: SECRET } }")
        #expect(try channel(both, action) == .vendorAPI)
        #expect(try channel(both + "\nprotocol: flow-action", action) == .flowAction)
        #expect(try channel(both, flow) == .flowAction)
    }

    @Test func `what doesn't fit the app is named with what would`() throws {
        #expect(
            try Self.faults(Self.slack("credentials: { key: { env: SECRET } }")).first?
                .hasPrefix("credentials: slack needs {") == true)
        #expect(
            try Self.faults(Self.slack("protocol: vendor-api")).first?.contains("credentials are missing")
                == true)
        #expect(
            try Self.faults(Self.slack("credentials: { token: { env: SECRET } }\nprotocol: flow-action"))
                == ["endpoint is missing"])
        #expect(
            try Self.faults("kind: connection\nconnector: slack").first?
                .hasPrefix("endpoint or credentials are missing") == true)
        #expect(
            try Self.faults("kind: connection\nconnector: tobi\ncredentials: { token: { env: SECRET } }")
                .first?
                .contains("has no API that Sluice calls") == true)
        #expect(
            try Self.faults(
                "kind: connection\nconnector: dotdigital\ncredentials: { api_user: { env: SECRET }, api_password: { env: SECRET } }\n"
                    + "settings: { region: r9, zone: 1 }"
            ).sorted() == [
                "settings.region is “r9”; one of r1, r2, r3",
                "settings.zone is unknown; dotdigital has region",
            ])
        #expect(
            try Self.faults(Self.slack("credentials: { token: { env: SECRET } }\napi_base: ftp://x")).first?
                .hasPrefix("api_base:") == true)
    }

    // MARK: sluice connections set

    private static func edit(
        _ credentials: [String: String], settings: [String: String] = [:], in directory: Directory
    ) throws -> Directory {
        let change = try ConnectionEdit(id: "slack@*", credentials: credentials, settings: settings).change(
            in: directory, catalogue: try TestCatalogue.load(), box: try SecretBox(keys: PlanFixtures.keys))
        var directory = directory
        directory.apply(
            RegistryEntry(
                kind: change.kind, id: change.id, version: change.expectedVersion + 1, nonce: "n",
                body: change.body))
        return directory
    }

    @Test func `new credentials end a refusal, and so do the old ones when they are given again`() throws {
        var directory = PlanFixtures.directory(try PlanFixtures.plan(Self.token))
        let refused = Authorization(
            connection: "slack@*", state: .refused, version: 1, basis: "b", reason: "token_revoked")
        directory.apply(
            RegistryEntry(
                kind: .authorization, id: "slack@*", version: 1, nonce: "n", body: refused.body))
        let hold = Hold.authorization(connector: "slack", store: "tea-house.myshopify.com")
        #expect(directory.refusal(of: "slack@*") == refused)
        #expect(hold.holds(in: directory))
        #expect(Hold(hold.text) == hold)
        let count = directory.holdChangeCount
        let set = try Self.edit(["token": "s3cret"], in: directory)
        #expect(set.refusal(of: "slack@*") == nil)
        #expect(!hold.holds(in: set))
        #expect(set.holdChanges(since: count)?.contains { hold.ends(with: $0) } == true)
    }

    @Test func `credentials that make a way take the place of all others, single ones stand beside them`()
        throws
    {
        let directory = PlanFixtures.directory(try PlanFixtures.plan(Self.token))
        let oauth = try Self.edit(
            ["refresh_token": "r", "client_id": "i", "client_secret": "s"], in: directory)
        #expect(
            Set(oauth.connections["slack@*"]?.api.credentials.keys.map(\.self) ?? [])
                == ["refresh_token", "client_id", "client_secret"])
        let renewed = try Self.edit(["refresh_token": "r2"], in: oauth)
        #expect(renewed.connections["slack@*"]?.api.credentials.count == 3)
        #expect(throws: ConnectionEdit.Fault.self) { try Self.edit(["nonsense": "x"], in: directory) }
    }

    @Test func `where Sluice isn't installed, the credentials that are its own can't be changed`() throws {
        var directory = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.stores))
        let plan = try PlanFixtures.plan(Self.token, against: directory)
        directory = PlanFixtures.directory(plan, on: directory)
        let corner = try PlanFixtures.plan(
            "kind: store\ndomain: tea-corner.myshopify.com\nsluice_installed: false\napps: [slack]",
            against: directory)
        directory = PlanFixtures.directory(corner, on: directory)
        #expect(throws: ConnectionEdit.Fault.self) { try Self.edit(["token": "x"], in: directory) }
    }
}
