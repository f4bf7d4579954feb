import Connectors
import CryptoExtras
import Flow
import Foundation
import Liquid
import Testing

@testable import Pipeline

/// One refresher per connection, whatever the number of processes and attempts.
@Suite struct AuthorizerTests {
    private static let connection = AuthorizationFixture.connection()

    @Test func `of many attempts in many processes one refreshes, and all get its token`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizers = (0..<4).map { fixture.authorizer("sender-\($0)") }
        let tokens = await withTaskGroup(of: String?.self, returning: [String?].self) { group in
            for number in 0..<80 {
                group.addTask { await authorizers[number % 4].credentials(of: Self.connection).token }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens == Array(repeating: "a1", count: 80))
        #expect(fixture.endpoint.count == 1)
        #expect(fixture.store.tokens(opening: fixture.box) == ["a1", "r1"])
        #expect(fixture.store.written.map(\.state) == [.refreshing, .active])
    }

    @Test func `a token that the vendor refuses is renewed once for all who were refused it`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizers = [fixture.authorizer("sender-0"), fixture.authorizer("sender-1")]
        #expect(await authorizers[0].credentials(of: Self.connection).token == "a1")
        let tokens = await withTaskGroup(of: String?.self, returning: [String?].self) { group in
            for number in 0..<20 {
                group.addTask {
                    await authorizers[number % 2].credentials(of: Self.connection, refused: "a1").token
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens == Array(repeating: "a2", count: 20))
        #expect(fixture.endpoint.count == 2)
    }

    @Test func `the tokens that were refreshed count, though a manifest brings the first ones again`()
        async throws
    {
        let fixture = try AuthorizationFixture()
        #expect(await fixture.authorizer().credentials(of: Self.connection).token == "a1")
        // Another process, later, with the same credentials in the connection.
        #expect(await fixture.authorizer("later").credentials(of: Self.connection).token == "a1")
        #expect(fixture.endpoint.count == 1)
    }

    @Test func `other credentials make the old tokens worthless`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer()
        #expect(await authorizer.credentials(of: Self.connection).token == "a1")
        let other = AuthorizationFixture.connection("r1")
        #expect(await authorizer.credentials(of: other).token == "a2")
    }

    @Test func `a first access token is used until the vendor refuses it`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer()
        let connection = AuthorizationFixture.connection(access: "first")
        #expect(await authorizer.credentials(of: connection).token == "first")
        #expect(fixture.endpoint.count == 0)
        #expect(await authorizer.credentials(of: connection, refused: "first").token == "a1")
    }

    @Test func `invalid_grant asks for a person; a broken endpoint is asked again with the same token`()
        async throws
    {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer()
        fixture.endpoint.answer([
            TokenEndpoint.json(503, [:]), .noAnswer(reason: "no answer in time"),
            TokenEndpoint.json(200, ["ok": false, "error": "ratelimited"]),
        ])
        for _ in 0..<3 { #expect(await authorizer.credentials(of: Self.connection).isLater) }
        #expect(await authorizer.credentials(of: Self.connection).token == "a1")
        fixture.endpoint.answer([TokenEndpoint.json(400, ["error": "invalid_grant"])])
        let refusal = await authorizer.credentials(of: Self.connection, refused: "a1").refusal
        #expect(refusal == "the token endpoint answered HTTP 400 invalid_grant")
    }

    @Test func `who finds that another refreshes waits, and takes over when it is silent`() async throws {
        let fixture = try AuthorizationFixture()
        fixture.store.set(
            Authorization(
                connection: Self.connection.id, state: .refreshing, version: 1, basis: Self.connection.basis,
                holder: "dead"))
        let authorizer = fixture.authorizer(patience: .milliseconds(50))
        #expect(await authorizer.credentials(of: Self.connection).token == "a1")
        #expect(fixture.endpoint.count == 1)
    }

    @Test func `a new token that could not be written down is not used, and not lost`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer(patience: .milliseconds(50))
        // The claim is written, what it brings is not.
        let first = Task { await authorizer.credentials(of: Self.connection) }
        while fixture.store.written.isEmpty { await Task.yield() }
        fixture.store.fail(1)
        let granted = await first.value
        if granted.isLater {
            #expect(fixture.endpoint.count == 1)
            #expect(await authorizer.credentials(of: Self.connection).token == "a1")
        }
        #expect(fixture.endpoint.count == 1)
        #expect(fixture.store.tokens(opening: fixture.box) == ["a1", "r1"])
    }

    @Test func `what the vendor refuses is said in the registry`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer()
        try await authorizer.refuse(Self.connection, reason: "HTTP 401")
        #expect(fixture.store.current(Self.connection.id).authorization?.state == .refused)
        #expect(fixture.store.current(Self.connection.id).authorization?.reason == "HTTP 401")
    }

    @Test func `what is refused is not asked for again, by nobody`() async throws {
        let fixture = try AuthorizationFixture()
        try await fixture.authorizer().refuse(Self.connection, reason: "HTTP 401")
        let others = [fixture.authorizer("sender-1"), fixture.authorizer("sender-2")]
        for authorizer in others {
            #expect(await authorizer.credentials(of: Self.connection, refused: "a").refusal == "HTTP 401")
        }
        #expect(fixture.endpoint.requests.isEmpty)
        #expect(fixture.store.written.count == 1)
    }

    @Test func `a token that ends at once is used all the same, and the same token again is refused`()
        async throws
    {
        let fixture = try AuthorizationFixture()
        let brief = TokenEndpoint.json(200, ["access_token": "brief", "expires_in": 30])
        fixture.endpoint.answer([brief, brief])
        let authorizer = fixture.authorizer()
        #expect(await authorizer.credentials(of: Self.connection).token == "brief")
        #expect(await authorizer.credentials(of: Self.connection, refused: "brief").refusal != nil)
        #expect(fixture.endpoint.requests.count == 2)
    }

    @Test func `a late word about old credentials says nothing of the new ones`() async throws {
        let fixture = try AuthorizationFixture()
        let authorizer = fixture.authorizer()
        let old = OpenedConnection(
            id: Self.connection.id, version: 0, way: Self.connection.way,
            credentials: Self.connection.credentials, tokenURL: nil)
        try await authorizer.refuse(old, reason: "HTTP 401")
        #expect(fixture.store.written.isEmpty)
        // Nor does a word about a token that was renewed meanwhile.
        #expect(await authorizer.credentials(of: Self.connection).token == "a1")
        try await authorizer.refuse(Self.connection, token: "a0", reason: "HTTP 401")
        #expect(fixture.store.current(Self.connection.id).authorization?.state == .active)
    }

    @Test func `a service account signs for a token, keeps it, and signs again when it is refused`()
        async throws
    {
        let fixture = try AuthorizationFixture()
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let file: JSON = [
            "client_email": "robot@project.example", "private_key": .string(key.pemRepresentation),
            "private_key_id": "k1", "token_uri": "https://tokens.example/token",
        ]
        let connection = OpenedConnection(
            id: "google-sheets@a.example", version: 1,
            way: CredentialWay(kind: .googleServiceAccount, credentials: [], scopes: ["sheets"]),
            credentials: ["service_account": file.jsonText], tokenURL: nil)
        let authorizer = fixture.authorizer()
        #expect(await authorizer.credentials(of: connection).token == "a1")
        #expect(await authorizer.credentials(of: connection).token == "a1")
        #expect(await authorizer.credentials(of: connection, refused: "a1").token == "a2")
        let request = try #require(fixture.endpoint.requests.first)
        #expect(request.url == "https://tokens.example/token")
        let form = String(decoding: request.body, as: UTF8.self)
        let assertion = try #require(form.split(separator: "assertion=").last.map(String.init))
        let parts = assertion.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Self.bytes(parts[2])))
        #expect(
            key.publicKey.isValidSignature(
                signature, for: Data("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5))
        let claims = try JSONParser.parse(Array(try #require(Self.bytes(parts[1]))))
        #expect(claims["iss"] == "robot@project.example")
        #expect(claims["aud"] == "https://tokens.example/token")
        #expect(claims["scope"] == "sheets")
    }

    @Test func `a key file that is none asks for a person without showing it, and isn't called refused`()
        async throws
    {
        let fixture = try AuthorizationFixture()
        let connection = OpenedConnection(
            id: "google-sheets@a.example", version: 1,
            way: CredentialWay(kind: .googleServiceAccount, credentials: []),
            credentials: ["service_account": "{\"private_key\":\"very secret\"}"], tokenURL: nil)
        let fault = try #require(await fixture.authorizer().credentials(of: connection).unusable)
        #expect(!fault.contains("very secret"))
        #expect(fault.contains("client_email"))
        #expect(fixture.endpoint.requests.isEmpty)
    }

    private static func bytes(_ text: String) -> Data? {
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(
            base64Encoded: padded.replacing("-", with: "+").replacing("_", with: "/"))
    }
}
