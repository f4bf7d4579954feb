import Flow
import Registry
import Testing

/// `connections set` for secrets and tokens, which are rotated.
@Suite struct ConnectionEditTests {
    private static let id = "loyaltylion@*"

    private static func directory(_ rest: String) throws -> Directory {
        var options = try PlanFixtures.options()
        options.environment["TOKEN"] = "a-token-of-enough-letters"
        return PlanFixtures.directory(
            try PlanFixtures.plan(
                "kind: connection\nconnector: loyaltylion\n\(rest)", options: options))
    }

    private static let flow = "endpoint: https://flow.example.com\nsecret: { env: SECRET }"

    private static func set(
        in directory: Directory, fault: ManifestOptions.CredentialFault? = nil,
        _ make: (inout ConnectionEdit) -> Void
    ) throws -> Directory {
        var edit = ConnectionEdit(id: id)
        make(&edit)
        let change = try edit.change(
            in: directory, catalogue: TestCatalogue.load(), box: try SecretBox(keys: PlanFixtures.keys),
            credentialFault: fault)
        var directory = directory
        directory.apply(
            RegistryEntry(
                kind: .connection, id: id, version: change.expectedVersion + 1, nonce: "n", body: change.body)
        )
        return directory
    }

    private static func opened(_ texts: [SealedText]?) throws -> [String] {
        let box = try SecretBox(keys: PlanFixtures.keys)
        return try (texts ?? []).map { try box.open($0, for: id) }
    }

    @Test func `a new secret stands before the one that was newest, until the former is dropped`() throws {
        var directory = try Self.directory(Self.flow)
        for (secret, expected) in [("n1", ["n1", "s3cret"]), ("n2", ["n2", "n1"]), ("n1", ["n1", "n2"])] {
            directory = try Self.set(in: directory) { $0.secret = secret }
            #expect(try Self.opened(directory.connections[Self.id]?.secrets) == expected)
        }
        let dropped = try Self.set(in: directory) { $0.dropsPrevious = true }
        #expect(try Self.opened(dropped.connections[Self.id]?.secrets) == ["n1"])
        let replaced = try Self.set(in: directory) { edit in
            edit.secret = "n3"
            edit.dropsPrevious = true
        }
        #expect(try Self.opened(replaced.connections[Self.id]?.secrets) == ["n3"])
    }

    @Test func `dropping alone does nothing where there is one of each, and frees no runs`() throws {
        var directory = try Self.directory(Self.flow)
        var edit = ConnectionEdit(id: Self.id)
        edit.dropsPrevious = true
        #expect(edit.hasNothingToDrop(in: directory))
        #expect(!edit.frees)
        directory = try Self.set(in: directory) { $0.ingestToken = "another-token-of-enough" }
        directory = try Self.set(in: directory) { $0.ingestToken = "a-third-token-of-enough" }
        #expect(!edit.hasNothingToDrop(in: directory))
        edit.secret = "n1"
        #expect(!edit.hasNothingToDrop(in: try Self.directory(Self.flow)))
        #expect(edit.frees)
        #expect(!ConnectionEdit(id: "other@*").hasNothingToDrop(in: directory))
    }

    @Test func `dropping beside a new one leaves the other rotations alone`() throws {
        var directory = try Self.directory(Self.flow)
        directory = try Self.set(in: directory) { edit in
            edit.secret = "n1"
            edit.webhookSecret = "w1"
        }
        directory = try Self.set(in: directory) { $0.webhookSecret = "w2" }
        directory = try Self.set(in: directory) { edit in
            edit.webhookSecret = "w3"
            edit.dropsPrevious = true
        }
        let connection = directory.connections[Self.id]
        #expect(try Self.opened(connection?.secrets) == ["n1", "s3cret"])
        #expect(try Self.opened(connection?.incoming.webhookSecrets) == ["w3"])
    }

    @Test func `the gateway's secrets are rotated alike, and the rest stays as it is`() throws {
        let before = try Self.directory(Self.flow + "\ningest_token: { env: TOKEN }")
        let after = try Self.set(in: before) { edit in
            edit.ingestToken = "another-token-of-enough-letters"
            edit.webhookSecret = "w"
        }
        let connection = try #require(after.connections[Self.id])
        #expect(
            try Self.opened(connection.incoming.tokens) == [
                "another-token-of-enough-letters", "a-token-of-enough-letters",
            ])
        #expect(try Self.opened(connection.incoming.webhookSecrets) == ["w"])
        #expect(connection.endpoint == "https://flow.example.com")
        #expect(connection.secrets == before.connections[Self.id]?.secrets)
    }

    @Test func `what would be of no use is refused`() throws {
        let directory = try Self.directory("credentials: { api_key: { env: SECRET } }")
        let secret = #expect(throws: ConnectionEdit.Fault.self) {
            try Self.set(in: directory) { $0.secret = "n" }
        }
        #expect(secret?.description.contains("no endpoint") == true)
        let token = #expect(throws: ConnectionEdit.Fault.self) {
            try Self.set(in: directory) { $0.ingestToken = "short" }
        }
        #expect(token?.description.contains("fewer than 16") == true)
    }

    @Test func `a credential is checked before it is sealed, by set and by apply`() throws {
        let fault: ManifestOptions.CredentialFault = { way, name, secret in
            way.kind == .googleServiceAccount && name == "service_account" ? "no key of \(secret.count)" : nil
        }
        let text =
            "kind: connection\nconnector: google-sheets\ncredentials: { service_account: { env: SECRET } }"
        var options = try PlanFixtures.options()
        let directory = PlanFixtures.directory(try PlanFixtures.plan(text, options: options))
        options.credentialFault = fault
        let applied = #expect(throws: Diagnostics.self) { try PlanFixtures.plan(text, options: options) }
        #expect(applied?.description == "m.yaml:3:33: credentials.service_account: no key of 6")
        let edit = ConnectionEdit(id: "google-sheets@*", credentials: ["service_account": "abc"])
        let set = #expect(throws: ConnectionEdit.Fault.self) {
            try edit.change(
                in: directory, catalogue: TestCatalogue.load(), box: try SecretBox(keys: PlanFixtures.keys),
                credentialFault: fault)
        }
        #expect(set?.description == "service_account: no key of 3")
    }
}
