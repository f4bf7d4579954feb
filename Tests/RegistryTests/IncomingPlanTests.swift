import Flow
import Liquid
import Registry
import Testing

/// Tokens and webhook secrets of connections: what apps prove themselves with at the gateway.
@Suite struct IncomingPlanTests {
    private static let tokens = """
        ingest_token: { env: TOKEN }
        previous_ingest_token: { env: OLD_TOKEN }
        webhook_secret: { env: SECRET }
        previous_webhook_secret: { env: OLD_SECRET }
        """

    private static func options(keys: String = PlanFixtures.keys) throws -> ManifestOptions {
        ManifestOptions(
            environment: [
                "TOKEN": "0123456789abcdef", "OLD_TOKEN": "fedcba9876543210", "SECRET": "s3cret",
                "OLD_SECRET": "0ld", "SHORT": "short",
            ], secretBox: try SecretBox(keys: keys))
    }

    private static func connection(_ connector: String = "loyaltylion", _ rest: String = tokens) -> String {
        "kind: connection\nconnector: \(connector)\n\(rest)"
    }

    @Test func `they are sealed, newest first, and make a connection by themselves`() throws {
        let plan = try PlanFixtures.plan(Self.connection(), options: Self.options())
        #expect(!"\(plan)".contains("0123456789abcdef"))
        let connection = try #require(PlanFixtures.directory(plan).connections["loyaltylion@*"])
        let box = try SecretBox(keys: PlanFixtures.keys)
        #expect(
            try connection.incoming.tokens.map { try box.open($0, for: connection.id) }
                == ["0123456789abcdef", "fedcba9876543210"])
        #expect(
            try connection.incoming.webhookSecrets.map { try box.open($0, for: connection.id) }
                == ["s3cret", "0ld"])
        // The app has actions, too, and nowhere to send them to.
        #expect(plan.warnings.map(\.message).contains { $0.contains("neither endpoint nor credentials") })
    }

    @Test func `an app without actions needs nothing else`() throws {
        let plan = try PlanFixtures.plan(Self.connection("okendo"), options: Self.options())
        #expect(plan.warnings.isEmpty)
    }

    @Test func `the same again is no change, another token is one`() throws {
        let first = PlanFixtures.directory(
            try PlanFixtures.plan(Self.connection(), options: Self.options()))
        let same = try PlanFixtures.plan(Self.connection(), against: first, options: Self.options())
        #expect(same.items(.changed).isEmpty)
        let rotated = Self.connection(
            "loyaltylion", "ingest_token: { env: OLD_TOKEN }\nwebhook_secret: { env: SECRET }")
        let plan = try PlanFixtures.plan(rotated, against: first, options: Self.options())
        #expect(plan.items(.changed).count == 1)
    }

    @Test func `they are sealed again with a new key`() throws {
        let first = PlanFixtures.directory(
            try PlanFixtures.plan(Self.connection(), options: Self.options()))
        var options = try Self.options(
            keys: "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,\(PlanFixtures.keys)")
        options.reseals = true
        let plan = try PlanFixtures.plan("{ kind: organization, id: tea }", against: first, options: options)
        #expect(plan.resealed == ["loyaltylion@*"])
        let connection = try #require(
            PlanFixtures.directory(plan, on: first).connections["loyaltylion@*"])
        #expect(Set(connection.sealed.map(\.keyID)) == ["k2"])
        #expect(connection.sealed.count == 4)
    }

    @Test(arguments: [
        ("slack", "endpoint: https://a.example.com\ningest_token: { env: TOKEN }", "slack has no triggers"),
        ("okendo", "ingest_token: { env: SHORT }", "fewer than 16 characters"),
        ("okendo", "previous_ingest_token: { env: TOKEN }", "there is no ingest_token beside it"),
        ("okendo", "previous_webhook_secret: { env: SECRET }", "there is no webhook_secret beside it"),
        ("okendo", "webhook_secret: { env: NOTHING }", "the variable NOTHING is not set"),
    ])
    func `what can't be used is refused`(connector: String, rest: String, says: String) throws {
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(Self.connection(connector, rest), options: Self.options())
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    @Test func `new credentials leave them as they are`() throws {
        let rest = "credentials: { api_key: { env: SECRET } }\n" + Self.tokens
        let directory = PlanFixtures.directory(
            try PlanFixtures.plan(Self.connection("loyaltylion", rest), options: Self.options()))
        let before = try #require(directory.connections["loyaltylion@*"])
        let change = try ConnectionEdit(
            id: "loyaltylion@*", credentials: ["api_key": "another"], settings: [:]
        ).change(
            in: directory, catalogue: TestCatalogue.load(), box: try SecretBox(keys: PlanFixtures.keys))
        var after = directory
        after.apply(
            RegistryEntry(
                kind: .connection, id: change.id, version: change.expectedVersion + 1, nonce: "n",
                body: change.body))
        #expect(after.connections["loyaltylion@*"]?.incoming == before.incoming)
    }
}
