import Flow
import Liquid
import Pipeline
import Registry
import Testing

@testable import Gateway

/// `POST /v1/stores/{store}/triggers/{connector}/{trigger}`
@Suite struct TriggerRouteTests {
    @Test func `an event is written as matchers read it, and its place is told`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let reply = try await client.event(headers: [("Idempotency-Key", "e-1"), ("traceparent", trace)])
            #expect(reply.status == 202)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(
                reply.json == [
                    "event_id": "e-1", "trigger": "loyaltylion/moved-up-tier",
                    "topic": "sluice.triggers.loyaltylion", "partition": 1, "offset": 0, "workflows": [],
                    "none": "no workflow of the store or its organization has this trigger",
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

    @Test func `the answer tells which workflows will run, and why others won't`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let reply = try await client.event(
                #"{"customer_id": 77}"#, trigger: "loyaltylion/birthday-today",
                headers: [("Idempotency-Key", "e-1")])
            #expect(reply.status == 202)
            let run = RunID.workflowRun(
                store: GatewayFixture.store, source: "loyaltylion", event: "e-1", workflow: "gift")
            #expect(
                reply.json["workflows"] == [["workflow": "gift", "version": 1, "run": .string("\(run)")]])
            #expect(
                reply.json["skipped"] == [
                    ["workflow": "other-gift", "version": 1, "reason": "conditions-not-met"]
                ])
            #expect(reply.json["none"] == nil)
            let other = try await client.event(
                #"{"customer_id": 79}"#, trigger: "loyaltylion/birthday-today")
            #expect(other.json["workflows"] == [])
            #expect(other.json["none"] == "each workflow with this trigger is skipped")
        }
    }

    @Test func `without a key each event has an id of its own`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            for _ in 0..<2 { #expect(try await client.event().status == 202) }
            let ids = Set(fixture.records.compactMap { $0.header(HeaderName.id) })
            #expect(ids.count == 2)
            #expect(ids.allSatisfy { $0.count == 36 })
        }
    }

    @Test func `the token of before is good as long as it stands beside the new one`() async throws {
        try await GatewayFixture.run { _, client async throws in
            #expect(try await client.event(token: GatewayFixture.oldToken).status == 202)
        }
    }

    @Test func `a store without tokens of its own has those of the default connection`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let bare = "bare.myshopify.com"
            #expect(try await client.event(store: bare, token: "the-token-of-every-store").status == 202)
            #expect(try await client.event(store: bare).status == 401)
            #expect(try await client.event(token: "the-token-of-every-store").status == 401)
            // Whether the app is installed there is the matcher's to say.
            #expect(fixture.records.first?.keyText == bare)
        }
    }

    @Test(arguments: [nil, "", "wrong", "an-ingest-token-of-nox", "an-ingest-token-of-now2"])
    func `another token is refused, the same for a store that isn't there`(token: String?) async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.event(token: token)
            let other = try await client.event(store: "nobody.myshopify.com", token: token)
            #expect(reply.status == 401)
            #expect(reply.text == other.text)
            #expect(reply.headers["www-authenticate"] == "Bearer")
            #expect(reply.headers["content-type"] == "application/problem+json")
            #expect(reply.json["remedy"]?.stringValue?.contains("ingest_token") == true)
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `who sends no token is told so, the same for whatever is in the path`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.event(token: nil)
            #expect(reply.status == 401)
            #expect(reply.json["detail"] == "no token was sent")
            #expect(reply.headers["www-authenticate"] == "Bearer")
            for trigger in ["loyaltylion/moved", "loyalty/moved-up-tier", "slack/send-message"] {
                #expect(try await client.event(trigger: trigger, token: nil).text == reply.text)
            }
            let wrong = try await client.event(token: "wrong")
            #expect(wrong.json["detail"] == "the bearer token is none of loyaltylion for this store")
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `members that the trigger doesn't have are named, twenty at most`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let one = try await client.event(#"{"customer_id": 77, "tierName": "Gold", "tiername": "Gold"}"#)
            #expect(one.status == 202)
            #expect(one.json["unknown_fields"] == ["tiername"])
            #expect(try await client.event().json["unknown_fields"] == nil)
            let more = (10..<50).map { "\"x\($0)\": 1" }.joined(separator: ", ")
            let many = try await client.event(#"{"customer_id": 77, "tierName": "Gold", \#(more)}"#)
            #expect(many.json["unknown_fields"]?.arrayValue?.count == 20)
            #expect(many.json["unknown_fields"]?.arrayValue?.first == "x10")
        }
    }

    @Test func `the header must be a bearer token`() async throws {
        try await GatewayFixture.run { _, client async throws in
            for value in [GatewayFixture.token, "Basic \(GatewayFixture.token)", "Bearer", "Bearer  "] {
                #expect(try await client.event(token: nil, headers: [("Authorization", value)]).status == 401)
            }
            let lower = [("authorization", "bearer \(GatewayFixture.token)")]
            #expect(try await client.event(token: nil, headers: lower).status == 202)
        }
    }

    @Test func `what isn't there is named`() async throws {
        try await GatewayFixture.run { _, client async throws in
            let connector = try await client.event(trigger: "loyalty/moved-up-tier")
            #expect(connector.status == 404)
            #expect(connector.json["remedy"]?.stringValue?.contains("loyaltylion") == true)
            let trigger = try await client.event(trigger: "loyaltylion/moved")
            #expect(trigger.status == 404)
            #expect(trigger.json["remedy"]?.stringValue?.contains("moved-up-tier") == true)
            let store = try await client.event(
                store: "nobody.myshopify.com", token: "the-token-of-every-store")
            #expect(store.status == 404)
            #expect(store.json["detail"] == "there is no store nobody.myshopify.com")
            #expect(try await client.event(trigger: "slack/send-message").status == 401)
        }
    }

    @Test func `names in the path are decoded, and checked`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let encoded = "tea%2Dhouse.myshopify%2Ecom"
            #expect(try await client.event(store: encoded).status == 202)
            #expect(fixture.records.first?.keyText == GatewayFixture.store)
            for store in ["tea%2Fhouse", "tea%20house", "%FF", "%", "tea%00house"] {
                #expect(try await client.event(store: store).status == 400, "\(store)")
            }
            #expect(try await client.event(trigger: "loyalty%20lion/moved-up-tier").status == 404)
            #expect(try await client.event(trigger: "loyaltylion/MOVED").status == 404)
        }
    }

    @Test func `all that is wrong with a payload is listed`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let reply = try await client.event(#"{"pointsBalance": true}"#)
            #expect(reply.status == 422)
            let fields = reply.json["problems"]?.arrayValue?.compactMap { $0["field"]?.stringValue } ?? []
            #expect(fields.sorted() == ["customer_id", "pointsBalance", "tierName"])
            #expect(reply.json["problems"]?.arrayValue?.first?["remedy"]?.stringValue?.isEmpty == false)
            for body in ["", "{", "[1]", "7", #"{"a": 1"#] {
                #expect(try await client.event(body).status == 400, "\(body)")
            }
            #expect(fixture.records.isEmpty)
        }
    }

    @Test func `a payload beyond the limit is not read`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            let long = String(repeating: "x", count: 3_000)
            let reply = try await client.event(#"{"customer_id": 1, "tierName": "\#(long)"}"#)
            #expect(reply.status == 413)
            #expect(reply.json["detail"] == "the payload has more than 2000 bytes")
            // Without a length, too.
            let head =
                "POST /v1/stores/\(GatewayFixture.store)/triggers/loyaltylion/moved-up-tier HTTP/1.1\r\nHost: a\r\n"
                + "Authorization: Bearer \(GatewayFixture.token)\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk = "7D0\r\n" + String(repeating: "x", count: 2_000) + "\r\n"
            let answer = try await client.exchange(Array((head + chunk + chunk).utf8))
            #expect(GatewayReply(answer).status == 413)
            #expect(fixture.records.isEmpty)
        }
    }

    @Test(arguments: ["a b", String(repeating: "x", count: 256)])
    func `an unfit key is refused`(key: String) async throws {
        try await GatewayFixture.run { _, client async throws in
            #expect(try await client.event(headers: [("Idempotency-Key", key)]).status == 400)
        }
    }

    @Test func `nothing is promised that Kafka hasn't got`() async throws {
        try await GatewayFixture.run { fixture, client async throws in
            fixture.set(fault: .unavailable("timed out"))
            let reply = try await client.event()
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] == "5")
            fixture.set(fault: .missingTopic("sluice.triggers.loyaltylion"))
            let missing = try await client.event()
            #expect(missing.status == 503)
            #expect(missing.json["remedy"]?.stringValue?.contains("sluice topics create") == true)
            fixture.set(fault: .tooLarge)
            #expect(try await client.event().status == 413)
            fixture.set(fault: nil)
            #expect(try await client.event().status == 202)
        }
    }

    @Test func `secrets that can't be opened are the operator's fault, not the app's`() async throws {
        let other = try SecretBox(keys: SecretBox.generateKey())
        try await GatewayFixture.run(box: other) { _, client async throws in
            let reply = try await client.event()
            #expect(reply.status == 503)
            #expect(reply.json["remedy"]?.stringValue?.contains("SLUICE_SECRETS_KEYS") == true)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a full house refuses at once, and one store can't fill it`() async throws {
        try await GatewayFixture.run(requestLimit: 4) { fixture, client async throws in
            fixture.hold()
            let other = "bare.myshopify.com"
            try await withThrowingTaskGroup(of: Int?.self) { group in
                // Two of one store fill its share, two of another one the house.
                for _ in 0..<2 { group.addTask { try await client.event().status } }
                try await Self.wait { fixture.heldCount == 2 }
                #expect(try await client.event().status == 429)
                for _ in 0..<2 {
                    group.addTask {
                        try await client.event(store: other, token: "the-token-of-every-store").status
                    }
                }
                try await Self.wait { fixture.heldCount == 4 }
                let full = try await client.event()
                #expect(full.status == 503)
                #expect(full.headers["retry-after"] == "1")
                #expect(try await client.get("/healthz").status == 200)
                fixture.letGo()
                for try await status in group { #expect(status == 202) }
            }
            #expect(try await client.event().status == 202)
        }
    }

    private static func wait(until isTrue: () -> Bool) async throws {
        while !isTrue() { try await Task.sleep(for: .milliseconds(5)) }
    }
}
