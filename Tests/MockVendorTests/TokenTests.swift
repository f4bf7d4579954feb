// Access tokens: how they are given, and what is said to a call that has none of them.

import Flow
import Foundation
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct TokenTests {
    private static let client = "&client_id=c&client_secret=s"

    private static func ask(
        _ vendor: VendorClient, _ form: String, headers: [(String, String)] = [], connector: String = "tea"
    ) async throws -> (status: Int?, body: JSON?) {
        let answer = try await vendor.send(
            "POST", "/oauth/\(connector)/token",
            headers: headers + [("Content-Type", "application/x-www-form-urlencoded")], body: Array(form.utf8)
        )
        // No body, or one that isn't JSON, is told apart by its status.
        return (answer.status, try? JSONParser.parse(answer.body))
    }

    private static func refresh(_ vendor: VendorClient, _ token: String, connector: String = "tea")
        async throws -> (status: Int?, body: JSON?)
    {
        try await ask(
            vendor, "grant_type=refresh_token&refresh_token=\(token)\(client)", connector: connector)
    }

    /// A JWT whose signature nobody can check.
    private static func assertion(_ claims: JSON) -> String {
        let parts = [JSON.object(["alg": "RS256", "typ": "JWT"]), claims].map { part in
            Data(part.jsonBytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
        return "\(parts[0]).\(parts[1]).c2ln"
    }

    private static func assertionForm(_ claims: JSON) -> String {
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion(claims))"
    }

    @Test func `a refresh token gives an access token and the next refresh token, once`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            #expect(try await vendor.tokenURL(of: "tea") == "http://127.0.0.1:\(client.port)/oauth/tea/token")
            let first = try await Self.refresh(client, "begin")
            #expect(first.status == 200)
            #expect(first.body?["token_type"] == "Bearer")
            #expect(first.body?["expires_in"] == 3600)
            let next = try #require(first.body?["refresh_token"]?.stringValue)
            let again = try await Self.refresh(client, "begin")
            #expect(again.status == 400)
            #expect(again.body == ["error": "invalid_grant"])
            let second = try await Self.refresh(client, next)
            #expect(second.status == 200)
            #expect(second.body?["access_token"] != first.body?["access_token"])
            #expect(second.body?["refresh_token"] != first.body?["refresh_token"])
            #expect(try await Self.refresh(client, "begin", connector: "coffee").status == 200)
            #expect(vendor.log.stats.refreshes == 3)
            #expect(vendor.log.stats.faults == 1)
            #expect(vendor.log.entries()[1].fault == "the refresh token was used before")
            let stats = try JSONParser.parse(try await client.send("GET", "/stats").body)
            #expect(stats["refreshes"] == 3)
        }
    }

    @Test func `of many that use a refresh token at once, one gets the next`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let port = client.port
            let given = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await Self.refresh(VendorClient(port: port), "begin").status == 200 }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(given == 1)
            #expect(vendor.log.stats.refreshes == 1)
        }
    }

    @Test func `a signed JWT gives an access token alone`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let claims: JSON = ["iss": "a@b", "aud": "t", "scope": "s", "iat": 1000, "exp": 4600]
            for _ in 1...2 {
                let answer = try await Self.ask(client, Self.assertionForm(claims))
                #expect(answer.status == 200)
                #expect(answer.body?["access_token"]?.stringValue?.isEmpty == false)
                #expect(answer.body?["refresh_token"] == nil)
            }
            #expect(vendor.log.stats.refreshes == 2)
        }
    }

    @Test(arguments: [
        ("", "unsupported_grant_type", 400),
        ("grant_type=password&username=a", "unsupported_grant_type", 400),
        ("grant_type=refresh_token&refresh_token=a", "invalid_client", 401),
        ("grant_type=refresh_token\(client)", "invalid_request", 400),
        (
            "grant_type=refresh_token&refresh_token=\(String(repeating: "a", count: 4097))\(client)",
            "invalid_request", 400
        ),
        ("grant_type=refresh_token&refresh_token=%zz\(client)", "invalid_request", 400),
        ("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c", "invalid_grant", 400),
        (assertionForm(["iss": "a", "aud": "t", "iat": 1000, "exp": 4601]), "invalid_grant", 400),
        (
            assertionForm(["iss": "a", "aud": "t", "iat": .integer(.min), "exp": .integer(.max)]),
            "invalid_grant", 400
        ),
        (assertionForm(["aud": "t", "iat": 1000, "exp": 2000]), "invalid_grant", 400),
    ])
    func `what is no request for a token is refused, and is a fault`(form: String, error: String, status: Int)
        async throws
    {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let answer = try await Self.ask(client, form)
            #expect(answer.status == status)
            #expect(answer.body == ["error": .string(error)])
            #expect(vendor.log.stats.faults == 1)
            #expect(vendor.log.stats.refused == 1)
            #expect(vendor.log.stats.refreshes == 0)
            #expect(vendor.log.entries().map(\.kind) == [.token])
        }
    }

    @Test func `a client may prove itself with HTTP Basic, and must send a form within the limit`()
        async throws
    {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let form = "grant_type=refresh_token&refresh_token=a"
            let basic = try await Self.ask(client, form, headers: [("Authorization", "Basic YTpi")])
            #expect(basic.status == 200)
            let path = "/oauth/tea/token"
            #expect(try await client.send("POST", path, body: Array(form.utf8)).status == 400)
            let large = Array(repeating: UInt8(ascii: "a"), count: 1_048_577)
            #expect(try await client.send("POST", path, body: large).status == 413)
            #expect(vendor.log.stats.faults == 2)
        }
    }

    @Test func `no token is ever logged`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let given = try await Self.refresh(client, "hush-hush")
            let secrets = ["hush-hush", "access_token", "refresh_token"].map {
                given.body?[$0]?.stringValue ?? $0
            }
            _ = try await client.create(token: secrets[1])
            let log = try await client.send("GET", "/log").body
            #expect(vendor.log.stats.faults == 0)
            for secret in secrets { #expect(!log.contains(secret)) }
        }
    }

    @Test func `a script may refuse, fail, lose and not exchange`() async throws {
        let script = """
            default: [404]
            rules:
              - action: "tea/oauth:token"
                answers: [503, { vendor: invalid_grant }, { vendor: invalid_client }, { vendor: no-rotation }, lost, ok, { vendor: x }]
            """
        try await withVendor(script, settings: TeaVendor.settings()) { (vendor, client) async throws in
            var answers: [(status: Int?, body: JSON?)] = []
            for _ in 1...7 { answers.append(try await Self.refresh(client, "begin")) }
            #expect(answers.map(\.status) == [503, 400, 401, 200, nil, 400, 500])
            #expect(answers[1].body == ["error": "invalid_grant"])
            #expect(answers[3].body?["refresh_token"] == nil)
            #expect(answers[5].body == ["error": "invalid_grant"], "the lost answer used it up")
            #expect(vendor.log.stats.refreshes == 2)
            #expect(vendor.log.entries().map(\.answer) == ["503", "400", "401", "200", "lost", "400", "500"])
            #expect(
                vendor.log.entries().map { $0.fault == nil } == [true, true, true, true, true, false, false])
            let other = try await Self.refresh(client, "begin", connector: "coffee")
            #expect(other.status == 200, "the default is for what is done with tokens")
        }
    }

    @Test func `requests for tokens are no deliveries`() async throws {
        var settings = try TeaVendor.settings()
        settings.newsLimit = 10
        try await withVendor(settings: settings) { (vendor, client) async throws in
            _ = try await Self.refresh(client, "a")
            let stats = vendor.log.stats
            #expect(stats.requests == 1)
            #expect(stats.distinctRuns + stats.succeededRuns + stats.actedRuns == 0)
            #expect(stats.actions["tea/oauth:token"]?.answers == ["200": 1])
            #expect(vendor.log.takeNews().news.isEmpty)
            #expect(vendor.log.inversions { _ in DeliveryPlace(key: "k", place: 1) }.isEmpty)
        }
    }

    @Test func `calls need a token that was given and has not ended, once one was given`() async throws {
        let (now, move) = Self.clock()
        var settings = try TeaVendor.settings()
        settings.tokenLifetime = 60
        settings.now = now
        try await withVendor(settings: settings) { (vendor, client) async throws in
            #expect(try await client.create(run: "r0", token: "anything").status == 201)
            let token = try #require(
                try await Self.refresh(client, "a").body?["access_token"]?.stringValue)
            #expect(try await client.create(run: "r1", token: "anything").status == 401)
            #expect(vendor.log.entries().last?.fault == "the access token is none that was given here")
            #expect(vendor.log.entries().last?.attempt == 0)
            #expect(try await client.create(run: "r1", token: token).status == 201)
            move(59_999)
            #expect(try await client.create(run: "r2", token: token).status == 201)
            move(1)
            let ended = try await client.create(run: "r3", token: token)
            #expect(ended.status == 401)
            #expect(ended.body == #"{"error":"who"}"#)
            #expect(vendor.log.entries().last?.fault == "the access token ended 0 ms ago")
            // A call whose documentation has no answer for it.
            let find = try await client.call("GET", "/v1/cards/x", token: token)
            #expect(find.status == 401)
            #expect(find.body == "the access token ended 0 ms ago\n")
            #expect(vendor.log.stats.faults == 3)
            let next = try #require(try await Self.refresh(client, "b").body?["access_token"]?.stringValue)
            #expect(try await client.create(run: "r3", token: next).status == 201)
        }
    }

    /// A clock that stands still until it is moved by milliseconds.
    private static func clock() -> (now: @Sendable () -> Int64, move: @Sendable (Int64) -> Void) {
        let clock = HandClock()
        return ({ clock.time }, { clock.time += $0 })
    }
}
