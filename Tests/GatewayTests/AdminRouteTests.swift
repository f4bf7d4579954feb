import Flow
import Liquid
import Pipeline
import Registry
import Testing

@testable import Gateway

/// `POST [/v1/stores/{store}]/admin/api/{version}/graphql.json`
@Suite struct AdminRouteTests {
    private static let document = """
        #graphql
        mutation FlowTriggerReceive($handle: String!, $payload: JSON!) {
          flowTriggerReceive(handle: $handle, payload: $payload) {
            userErrors { field message }
          }
        }
        """
    private static let variables: JSON = [
        "handle": "moved-up-tier", "payload": ["customer_id": 77, "tierName": "Gold"],
    ]
    private static let unauthorized: JSON = [
        "errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"
    ]

    @Test func `an event is written as matchers read it, and its place is told`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let reply = try await client.graphQL(
                Self.document, Self.variables, headers: [("Idempotency-Key", "e-1"), ("traceparent", trace)])
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(
                reply.json == [
                    "data": ["flowTriggerReceive": ["userErrors": []]],
                    "extensions": [
                        "sluice": [
                            "events": [
                                [
                                    "event_id": "e-1", "trigger": "loyaltylion/moved-up-tier",
                                    "topic": "sluice.triggers.loyaltylion", "partition": 1, "offset": 0,
                                ]
                            ]
                        ]
                    ],
                ])
            let record = try #require(fixture.records.first)
            #expect(fixture.records.count == 1)
            let event = try TriggerEvent(record, connector: "loyaltylion")
            #expect(event.identity.id == "e-1")
            #expect(event.identity.store == GatewayFixture.store)
            #expect(event.identity.trigger.handle == "moved-up-tier")
            #expect(event.payload == ["customer_id": 77, "tierName": "Gold"])
            #expect(event.time == "2026-11-24T09:30:00Z")
            #expect(event.traceParent == trace)
        }
    }

    @Test func `literals, the old form and a bare document do as well`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let literal = """
                mutation { flowTriggerReceive(handle: "moved-up-tier", payload: {customer_id: 77, tierName: "Gold"})
                  { userErrors { field, message } } }
                """
            let old = #"""
                mutation { flowTriggerReceive(body: "{
                    \"trigger_title\": \"Customer moved up a tier\",
                    \"properties\": { \"customer_id\": 77, \"tierName\": \"Gold\" }
                  }") { userErrors { field, message } } }
                """#
            for document in [literal, old] {
                #expect(try await client.graphQL(document).json["extensions"] != nil)
            }
            let bare = try await client.post(
                "/v1/stores/\(GatewayFixture.store)/admin/api/unstable/graphql.json",
                [
                    ("Content-Type", "application/graphql; charset=utf-8"),
                    ("Authorization", "Bearer \(GatewayFixture.token)"),
                ], body: literal)
            #expect(bare.json["data"] == ["flowTriggerReceive": ["userErrors": []]])
            let payloads = fixture.records.compactMap { record in
                (try? TriggerEvent(record, connector: "loyaltylion"))?.payload
            }
            #expect(payloads == Array(repeating: ["customer_id": 77, "tierName": "Gold"], count: 3))
            let ids = Set(fixture.records.compactMap { $0.header(HeaderName.id) })
            #expect(ids.count == 3)
            #expect(ids.allSatisfy { $0.count == 36 })
        }
    }

    @Test func `several fields are several events, in their order, each with an id of its own`() async throws
    {
        try await GatewayFixture.run { fixture, client async throws in
            let document = """
                mutation Two($one: JSON, $other: JSON) {
                  first: flowTriggerReceive(handle: "moved-up-tier", payload: $one) { userErrors { message } }
                  wrong: flowTriggerReceive(handle: "moved", payload: $one) { userErrors { field message } }
                  last: flowTriggerReceive(handle: "birthday-today", payload: $other) { userErrors { message } }
                }
                """
            let variables: JSON = [
                "one": ["customer_id": 1, "tierName": "Gold"], "other": ["customer_id": 2],
            ]
            let reply = try await client.graphQL(
                document, variables, headers: [("Idempotency-Key", "e")])
            #expect(
                reply.json["data"] == [
                    "first": ["userErrors": []], "last": ["userErrors": []],
                    "wrong": [
                        "userErrors": [
                            [
                                "field": ["body"],
                                "message": "Errors validating schema:\n  Invalid handle 'moved'.\n",
                            ]
                        ]
                    ],
                ])
            let events = reply.json["extensions"]?["sluice"]?["events"]?.arrayValue ?? []
            #expect(events.map { $0["event_id"] } == ["e", "e~3"])
            #expect(events.map { $0["offset"] } == [0, 1])
            let written = try fixture.records.map { try TriggerEvent($0, connector: "loyaltylion").identity }
            #expect(written.map(\.id) == ["e", "e~3"])
            #expect(written.map(\.trigger.handle) == ["moved-up-tier", "birthday-today"])
            let long = String(repeating: "k", count: 254)
            let refused = try await client.graphQL(
                document, variables, headers: [("Idempotency-Key", long)])
            #expect(refused.status == 400)
            #expect(fixture.records.count == 2)
        }
    }

    @Test func `what is wrong with an event is a user error, and nothing is written`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let long: JSON = [
                "handle": "moved-up-tier",
                "payload": ["tierName": .string(String(repeating: "x", count: 2_000))],
            ]
            for (variables, text) in [
                (long, "Properties size exceeds the limit of 2000 bytes."),
                (["handle": "moved-up-tier", "payload": [:]], "tierName is missing; send text"),
                (["handle": "no-such", "payload": [:]], "Invalid handle 'no-such'."),
            ] as [(JSON, String)] {
                let reply = try await client.graphQL(Self.document, variables)
                #expect(reply.status == 200)
                let errors = reply.json["data"]?["flowTriggerReceive"]?["userErrors"]?.arrayValue ?? []
                #expect(errors.map { $0["field"] } == [["body"]])
                #expect(errors.first?["message"]?.stringValue?.contains(text) == true, "\(reply.text)")
                #expect(reply.json["extensions"] == nil)
            }
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `what is wrong with a document is an error with its place`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.graphQL("mutation {\n  flowTriggerReceive(\n}")
            #expect(reply.status == 200)
            #expect(reply.json["data"] == nil)
            #expect(
                reply.json["errors"] == [
                    [
                        "message": "syntax error, unexpected “}”, expecting an argument at [3, 1]",
                        "locations": [["line": 3, "column": 1]], "extensions": ["code": "PARSE_ERROR"],
                    ]
                ])
            let query = try await client.graphQL("{ shop { name } }")
            #expect(query.status == 200)
            #expect(
                query.json["errors"]?.arrayValue?.first?["message"]?.stringValue?.contains(
                    "only the mutation flowTriggerReceive") == true)
            let name = try await client.graphQL(Self.document, Self.variables, operation: "Other")
            #expect(
                name.json["errors"] == [
                    ["message": "No operation named \"Other\"", "extensions": ["code": "NOT_SUPPORTED"]]
                ])
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `the token tells which connector speaks`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let variables: JSON = ["handle": "new-product-review", "payload": [:]]
            let other = try await client.graphQL(
                Self.document, Self.variables, token: "the-token-of-reviews-io")
            #expect(other.text.contains("Invalid handle 'moved-up-tier'."))
            let own = try await client.graphQL(Self.document, variables, token: "the-token-of-reviews-io")
            #expect(own.status == 200)
            #expect(!own.text.contains("Invalid handle"))
            let old = try await client.graphQL(Self.document, Self.variables, token: GatewayFixture.oldToken)
            #expect(old.json["extensions"] != nil)
            let bare = try await client.graphQL(
                Self.document, Self.variables, base: "/v1/stores/bare.myshopify.com",
                token: "the-token-of-every-store")
            #expect(bare.json["extensions"] != nil)
            #expect(fixture.records.map(\.keyText) == [GatewayFixture.store, "bare.myshopify.com"])
        }
    }

    @Test(arguments: [nil, "", "wrong", "an-ingest-token-of-nox", "the-token-of-every-store"])
    func `another token is refused in Shopify's words, the same for a store that isn't there`(
        token: String?
    ) async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.graphQL(Self.document, Self.variables, token: token)
            #expect(reply.status == 401)
            #expect(reply.json == Self.unauthorized)
            let none = try await client.graphQL(
                Self.document, Self.variables, base: "/v1/stores/nobody.myshopify.com", token: token)
            #expect(none.status == 401)
            #expect(none.text == reply.text)
            #expect(Set(none.headers.keys) == Set(reply.headers.keys))
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `the header of Shopify counts before a bearer token`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let bearer = [("Authorization", "Bearer \(GatewayFixture.token)")]
            let right = try await client.graphQL(Self.document, Self.variables, token: nil, headers: bearer)
            #expect(right.status == 200)
            let wrong = try await client.graphQL(
                Self.document, Self.variables, token: "wrong", headers: bearer)
            #expect(wrong.status == 401)
        }
    }

    @Test func `who has no token is refused before the body`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let head =
                "POST /v1/stores/\(GatewayFixture.store)/admin/api/2026-10/graphql.json HTTP/1.1\r\nHost: a\r\n"
                + "X-Shopify-Access-Token: wrong\r\nTransfer-Encoding: chunked\r\n\r\n"
            let answer = GatewayReply(try await client.exchange(Array(head.utf8)))
            #expect(answer.status == 401)
            #expect(answer.text.contains("[API] Invalid API key"))
        }
    }

    @Test func `a token of two connectors is named as the fault that it is`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.graphQL(
                Self.document, Self.variables, token: GatewayFixture.sharedToken)
            #expect(reply.status == 409)
            #expect(
                reply.json["detail"] == "the token is of several connectors: parcel-panel, loox"
                    || reply.json["detail"] == "the token is of several connectors: loox, parcel-panel")
            #expect(fixture.records.isEmpty)
        }
    }

    @Test(arguments: [
        GatewayFixture.store, "\(GatewayFixture.store):443", "Tea-House.myshopify.com",
    ])
    func `without a store in the path it is the host that was asked`(host: String) async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.graphQL(Self.document, Self.variables, base: "", host: host)
            #expect(reply.status == 200)
            #expect(fixture.records.map(\.keyText) == [GatewayFixture.store])
            let other = try await client.graphQL(Self.document, Self.variables, base: "")
            #expect(other.status == 401)
        }
    }

    @Test func `other versions, types and methods are refused`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            for version in ["2026-13", "2026-1", "latest", "v1", "2026-10-01"] {
                let path = "/admin/api/\(version)/graphql.json"
                #expect(try await client.graphQL(Self.document, path: path).status == 404, "\(version)")
            }
            let path = "/v1/stores/\(GatewayFixture.store)/admin/api/2024-01/graphql.json"
            let token = [("X-Shopify-Access-Token", GatewayFixture.token)]
            for method in ["GET", "PUT", "DELETE"] {
                let reply = try await client.send(method, path, token, body: [])
                #expect(reply.status == 405)
                #expect(reply.headers["allow"] == "POST")
            }
            let form = [("Content-Type", "application/x-www-form-urlencoded")]
            #expect(try await client.post(path, token + form, body: "query=x").status == 415)
            #expect(try await client.post(path, token, body: "{").status == 400)
            #expect(try await client.post(path, token, body: "{}").status == 400)
            let large = #"{"query": ""# + String(repeating: "#", count: 500_000)
            #expect(try await client.post(path, token, body: large).status == 413)
            let key = [("Idempotency-Key", "a b")]
            #expect(try await client.graphQL(Self.document, Self.variables, headers: key).status == 400)
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `nothing is promised that Kafka hasn't got`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            fixture.set(fault: .unavailable("timed out"))
            let reply = try await client.graphQL(Self.document, Self.variables)
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] == "5")
            fixture.set(fault: nil)
            #expect(try await client.graphQL(Self.document, Self.variables).status == 200)
            fixture.set(isRead: false)
            #expect(try await client.graphQL(Self.document, Self.variables).status == 503)
        }
    }

    @Test func `secrets that can't be opened are the operator's fault, not the app's`() async throws {
        let other = try SecretBox(keys: SecretBox.generateKey())
        try await GatewayFixture.run(box: other) { _, client async throws in
            let reply = try await client.graphQL(Self.document, Self.variables)
            #expect(reply.status == 503)
            #expect(reply.json["remedy"]?.stringValue?.contains("SLUICE_SECRETS_KEYS") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `one store can't fill the house`() async throws {
        try await GatewayFixture.run(requestLimit: 4) { fixture, client async throws in
            fixture.hold()
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<2 {
                    group.addTask { try await client.graphQL(Self.document, Self.variables).status }
                }
                while fixture.heldCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(try await client.graphQL(Self.document, Self.variables).status == 429)
                #expect(try await client.event().status == 429)
                fixture.letGo()
                for try await status in group { #expect(status == 200) }
            }
        }
    }
}
