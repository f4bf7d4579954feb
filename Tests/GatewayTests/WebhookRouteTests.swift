import Connectors
import Flow
import Liquid
import Pipeline
import Testing

@testable import Gateway

/// `POST /v1/webhooks/{connector}/{store}[/{token}]`
@Suite struct WebhookRouteTests {
    private static let tier = """
        {"id": "w-1", "topic": "program_events/customer.tier_upgraded", "created_at": "2026-11-24T09:00:05.000Z",
         "payload": {"properties": {"customer": {"merchant_id": "77"}, "new_tier": {"name": "Gold"}}}}
        """
    private static let path = "/v1/webhooks/loyaltylion/\(GatewayFixture.store)"

    private static func signed(
        _ body: String, secret: String = GatewayFixture.secret, header: String = "X-LoyaltyLion-HMAC-SHA256"
    ) -> [(String, String)] {
        [(header, FlowSignature.make(body: Array(body.utf8), secret: Array(secret.utf8)))]
    }

    @Test func `a signed webhook becomes its trigger event, under the vendor's id`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.post(Self.path, Self.signed(Self.tier), body: Self.tier)
            #expect(reply.status == 200)
            #expect(
                reply.json["events"] == [
                    [
                        "event_id": "w-1", "trigger": "loyaltylion/moved-up-tier",
                        "topic": "sluice.triggers.loyaltylion", "partition": 1, "offset": 0,
                    ]
                ])
            let event = try TriggerEvent(try #require(fixture.records.first), connector: "loyaltylion")
            #expect(event.identity.id == "w-1")
            #expect(event.identity.store == GatewayFixture.store)
            #expect(event.time == "2026-11-24T09:00:05.000Z")
            #expect(
                event.payload == [
                    "customer_id": 77, "tierName": "Gold", "occurredAt": "2026-11-24T09:00:05.000Z",
                ])
        }
    }

    @Test func `a wrong signature is refused, and nothing is written`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let wrong = try await client.post(
                Self.path, Self.signed(Self.tier, secret: "another"), body: Self.tier)
            #expect(wrong.status == 401)
            #expect(wrong.headers["content-type"] == "application/problem+json")
            #expect(try await client.post(Self.path, body: Self.tier).status == 401)
            let changed = Self.tier.replacing("Gold", with: "Lead")
            #expect(try await client.post(Self.path, Self.signed(Self.tier), body: changed).status == 401)
            // A store whose connection has no secret is as closed as one that isn't there.
            for store in ["bare.myshopify.com", "nobody.myshopify.com"] {
                let path = "/v1/webhooks/loyaltylion/\(store)"
                for secret in ["", "-", GatewayFixture.secret] {
                    let headers = Self.signed(Self.tier, secret: secret)
                    #expect(try await client.post(path, headers, body: Self.tier).status == 401)
                }
            }
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `a topic without a trigger is answered, so that the vendor stops`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let body = #"{"id": "w-2", "topic": "customers/update", "customer": {}}"#
            let reply = try await client.post(Self.path, Self.signed(body), body: body)
            #expect(reply.status == 200)
            #expect(reply.json["ignored"]?.stringValue?.contains("customers/update") == true)
            #expect(fixture.records.isEmpty)
        }
    }

    @Test(arguments: [
        #"{"id": "w-3", "topic": "program_events/customer.tier_upgraded", "payload": {"customer": {}}}"#,
        #"{"id": "w-3"}"#, "no JSON", "",
    ])
    func `what can't be used is kept as a dead letter, whole`(body: String) async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.post(Self.path, Self.signed(body), body: body)
            #expect(reply.status == 200)
            #expect(reply.json["events"] == nil)
            let letters = try #require(reply.json["dead_letters"]?.arrayValue)
            #expect(letters.count == 1)
            let record = try #require(fixture.records.first)
            #expect(record.topic == "sluice.dead")
            let letter = try #require(DeadLetter(record))
            #expect(letter.stage == .trigger)
            #expect(letter.connector == "loyaltylion")
            #expect(letter.store == GatewayFixture.store)
            #expect(letter.value == Array(body.utf8))
            let reason = try #require(letters[0]["reason"]?.stringValue)
            #expect(letter.reason.contains(reason))
            #expect(letter.place.topic == "sluice.triggers.loyaltylion")
        }
    }

    @Test func `an unsigned vendor's URL ends with the secret`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let body = """
                {"id": 801, "review_type": "company", "order_id": "#1", "rating": 4, "comments": "Good",
                 "user": {"name": "Ann", "email_address": "ann@example.com"}}
                """
            let base = "/v1/webhooks/reviews-io/\(GatewayFixture.store)"
            let query = "?type=company_review_positive"
            let reply = try await client.post("\(base)/a%20token%2Fwith%20signs\(query)", body: body)
            #expect(reply.status == 200)
            let events = try #require(reply.json["events"]?.arrayValue)
            #expect(events[0]["trigger"] == "reviews-io/new-positive-company-review")
            #expect(events[0]["event_id"] == "company_review_positive:801")
            for end in ["", "/wrong", "/-", "/a%20token%2Fwith%20sign"] {
                #expect(try await client.post(base + end + query, body: body).status == 401, "\(end)")
            }
            #expect(fixture.records.count == 1)
        }
    }

    @Test func `signed vendors have no token, and unknown vendors the trigger endpoint`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let signed = Self.signed(Self.tier)
            #expect(try await client.post(Self.path + "/token", signed, body: Self.tier).status == 404)
            let loox = try await client.post("/v1/webhooks/loox/\(GatewayFixture.store)", body: "{}")
            #expect(loox.status == 404)
            #expect(loox.json["remedy"]?.stringValue?.contains("/triggers/loox/") == true)
            #expect(try await client.post("/v1/webhooks/nobody/a.b", body: "{}").status == 404)
        }
    }

    @Test func `the vendor is told to come again while Kafka is away`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            fixture.set(fault: .unavailable("timed out"))
            let reply = try await client.post(Self.path, Self.signed(Self.tier), body: Self.tier)
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] == "5")
        }
    }

    @Test func `a webhook beyond the limit is refused`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let body = String(repeating: "x", count: 500_001)
            #expect(try await client.post(Self.path, Self.signed(body), body: body).status == 413)
        }
    }

    @Test func `an event larger than a payload may be is a dead letter`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let body = Self.tier.replacing("Gold", with: String(repeating: "x", count: 2_100))
            let reply = try await client.post(Self.path, Self.signed(body), body: body)
            #expect(reply.status == 200)
            #expect(reply.json["dead_letters"]?.arrayValue?.count == 1)
            #expect(fixture.records.map(\.topic) == ["sluice.dead"])
        }
    }

    private static func head(_ path: String, _ headers: [(String, String)], length: Int) -> [UInt8] {
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        return Array(
            "POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(length)\r\n\(lines)\r\n"
                .utf8)
    }

    @Test(.timeLimit(.minutes(1)))
    func `who sends slowly keeps nobody out`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            // Two bodies may be unproven at once; these never come.
            let (arrivals, arrived) = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: GatewayReply.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        GatewayReply(
                            try await client.exchange(Self.head(Self.path, [], length: 9)) { arrived.yield() }
                        )
                    }
                }
                var arrival = arrivals.makeAsyncIterator()
                await arrival.next()
                await arrival.next()
                while fixture.unproven.count < 2 { await Task.yield() }
                for _ in 0..<4 {
                    let reply = try await client.post(Self.path, Self.signed(Self.tier), body: Self.tier)
                    #expect(reply.status == 200)
                }
                // The first one gave its place away and knows it.
                let evicted = try #require(try await group.next())
                #expect(evicted.status == 503)
                #expect(evicted.headers["retry-after"] == "1")
                group.cancelAll()
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a secret that needs no body is checked before the body is read`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let path = "/v1/webhooks/reviews-io/\(GatewayFixture.store)/wrong"
            let answer = try await client.exchange(Self.head(path, [], length: 9))
            #expect(GatewayReply(answer).status == 401)
        }
    }

    @Test func `nobody learns whether a store has a secret, or that it is unfit`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let headers = [
                ("webhook-id", "m"), ("webhook-timestamp", "\(GatewayFixture.now)"),
                ("webhook-signature", "v1,AAAA"),
            ]
            let body = #"{"topic": "review.create"}"#
            var details: Set<String> = []
            // Signed long ago, with a key that could be somebody's placeholder.
            let signed = WebhookSignature.make(
                id: "m", timestamp: 1, body: Array(body.utf8), secrets: [[UInt8](repeating: 0, count: 24)])
            let old = [("webhook-id", "m"), ("webhook-timestamp", "1"), ("webhook-signature", signed)]
            for headers in [headers, old] {
                for store in [GatewayFixture.store, "bare.myshopify.com", "nobody.myshopify.com"] {
                    let reply = try await client.post("/v1/webhooks/okendo/\(store)", headers, body: body)
                    #expect(reply.status == 401)
                    details.insert(reply.json["detail"]?.stringValue ?? "")
                }
            }
            #expect(
                details == [
                    "it is not proven to come from okendo: the header webhook-signature fits no "
                        + "webhook_secret of the connection"
                ])
        }
    }

    @Test func `health and paths`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            #expect(try await client.get("/healthz").json == ["status": "ok"])
            #expect(try await client.get("/readyz").json == ["status": "ready"])
            fixture.set(fault: .unavailable("away"))
            #expect(try await client.get("/readyz").status == 503)
            fixture.set(fault: nil)
            fixture.set(isRead: false)
            #expect(try await client.get("/readyz").status == 503)
            #expect(try await client.get("/healthz").status == 200)
            #expect(try await client.event().status == 503)
            fixture.set(isRead: true)
            for path in [Self.path, "/v1/stores/a.b/triggers/c/d"] {
                let reply = try await client.get(path)
                #expect(reply.status == 405)
                #expect(reply.headers["allow"] == "POST")
            }
            for path in ["/", "/v1", "/v1/stores/a/triggers/b"] {
                let reply = try await client.get(path)
                #expect(reply.status == 404)
                #expect(reply.headers["content-type"] == "application/problem+json")
            }
        }
    }
}
