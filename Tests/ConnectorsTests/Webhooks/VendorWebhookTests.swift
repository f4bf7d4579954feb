import Flow
import Liquid
import Testing

@testable import Connectors

/// What vendors' webhooks mean.
@Suite struct VendorWebhookTests {
    private static func events(_ reading: WebhookReading) throws -> [MappedEvent] {
        guard case .events(let events) = reading else {
            Issue.record("\(reading)")
            return []
        }
        return events
    }

    @Test(arguments: WebhookSample.all)
    func `the documented request means its trigger, and fits it`(sample: WebhookSample) throws {
        let message = try sample.message()
        let events = try Self.events(sample.read(message))
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.trigger == TriggerReference(connector: sample.connector, handle: sample.trigger))
        #expect(event.payload == sample.payload, "\(event.payload.jsonText)")
        #expect(event.problems == [])
        #expect(event.time == sample.time)
        if sample.trigger == "review-updated" {
            #expect(event.id == "review-updated:\(message.digest)")
        } else {
            #expect(event.id == sample.id)
        }
        // Sent again, it is the same event.
        #expect(try Self.events(sample.read(sample.message())).map(\.id) == [event.id])
    }

    @Test func `every webhook has a sample, and is of an app with triggers`() throws {
        #expect(Set(WebhookSample.all.map(\.connector)) == Set(VendorWebhooks.all.map(\.connector)))
        for webhook in VendorWebhooks.all {
            #expect(try !WebhookSample.definition(of: webhook.connector).triggers.isEmpty)
        }
    }

    /// Every field that a vendor's code names is one of the trigger's: a typing mistake would leave it out silently.
    @Test(arguments: WebhookSample.all)
    func `every value has a field somewhere in the connector`(sample: WebhookSample) throws {
        let fields = Set(
            try WebhookSample.definition(of: sample.connector).triggers.flatMap { $0.fields.map(\.key) })
        let document = try JSONParser.parse(sample.body)
        let webhook = try #require(VendorWebhooks.webhook(of: sample.connector))
        guard case .events(let events) = webhook.meaning(of: document, in: try sample.message()) else {
            return
        }
        for event in events { #expect(fields.isSuperset(of: event.values.keys)) }
    }

    @Test(arguments: [
        ("loyaltylion", #"{"id": "1", "topic": "customers/update", "customer": {}}"#, []),
        ("parcel-panel", #"{"status": "PENDING", "order_id": 1}"#, []),
        ("parcel-panel", #"{"status": "DELIVERED"}"#, [("X-ParcelPanel-Topic", "orders/created")]),
        ("stamped-reviews", #"{"id": 1}"#, [("X-Stamped-Topic", "Rewards Earned")]),
        ("yotpo-reviews", #"{"event": "review_shared", "data": {}}"#, []),
        ("okendo", #"{"topic": "review.update", "resource": {}}"#, []),
    ])
    func `what no trigger stands for is ignored, with a reason`(
        connector: String, body: String, headers: [(String, String)]
    ) throws {
        let definition = try WebhookSample.definition(of: connector)
        let message = WebhookMessage(
            headers: headers.map { (name: $0.0, value: $0.1) }, body: Array(body.utf8))
        let reading = try #require(VendorWebhooks.webhook(of: connector)).read(message, as: definition)
        guard case .ignored(let reason) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: VendorWebhooks.all.map(\.connector), ["", "[1]", "{", "{}", "null", #"{"topic": 7}"#])
    func `what can't be read is unusable, never silent`(connector: String, body: String) throws {
        let definition = try WebhookSample.definition(of: connector)
        let message = WebhookMessage(headers: [], body: Array(body.utf8))
        let reading = try #require(VendorWebhooks.webhook(of: connector)).read(message, as: definition)
        guard case .unusable(let reason) = reading else {
            Issue.record("\(reading)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func `a required value that is missing or wrong is a problem, an optional one stays out`() throws {
        let sample = WebhookSample.stamped[0]
        let body = sample.body.replacing("2640569991268", with: "null")
            .replacing("ann@example.com", with: "nobody").replacing(
                #""reviewRating": 3"#, with: #""reviewRating": "good""#)
        let event = try #require(try Self.events(sample.read(sample.message(body: body))).first)
        #expect(event.problems.map(\.field).sorted() == ["product_id", "reviewRating"])
        #expect(event.problems.contains { $0.description.contains("good") })
        #expect(event.payload["customerEmail"] == nil)
    }

    /// Of each member that may stand in two places.
    @Test(
        arguments: [
            (
                "parcel-panel", #""substatus_label": "On the van""#, #""substatus_label": null"#, "subStatus",
                "OutForDelivery_001"
            ),
            (
                "yotpo-reviews", #""external_order_id": "450789""#,
                #""external_order_id": null, "order": {"external_id": "450790"}"#, "order_id", 450_790
            ),
            (
                "yotpo-reviews", #""external_product_id": "632910392""#,
                #""external_product_group": null, "external_product_id": "632910392""#, "product_id",
                632_910_392
            ),
            ("loyaltylion", #""frequency": 3"#, #""properties": null"#, "segmentName", "Win Back"),
            (
                "loyaltylion", #""payload": {"customer": "#,
                #""customer": {"merchant_id": "7"}, "payload": {"customer": null, "was": "#, "customer_id", 7
            ),
        ] as [(String, String, String, String, JSON)])
    func `a null leaves the place to another member`(
        connector: String, from: String, to: String, field: String, value: JSON
    ) throws {
        let sample = try #require(WebhookSample.all.first { $0.connector == connector })
        try #require(sample.body.contains(from))
        let body = sample.body.replacing(from, with: to)
        let event = try #require(try Self.events(sample.read(sample.message(body: body))).first)
        #expect(event.payload[field] == value, "\(event.payload.jsonText)")
        #expect(event.problems == [])
    }

    @Test func `a review without data is unusable`() throws {
        let sample = WebhookSample.yotpo[0]
        let reading = try sample.read(sample.message(body: #"{"event": "review_create", "data": null}"#))
        #expect(reading == .unusable("the body has no data"))
    }

    @Test func `an id of LoyaltyLion's may be a number`() throws {
        let sample = WebhookSample.loyaltyLion[0]
        let body = sample.body.replacing(#""bff1bddb-0001""#, with: "4711")
        #expect(try Self.events(sample.read(sample.message(body: body))).map(\.id) == ["4711"])
    }

    @Test func `a product of REVIEWS.io is only known where the URL says that SKUs are ids`() throws {
        var sample = WebhookSample.reviewsIO[3]
        sample.parameters = ["type": "product_review"]
        let event = try #require(try Self.events(sample.read(sample.message())).first)
        #expect(event.problems.map(\.field) == ["product_id"])
    }

    @Test func `a URL's type that isn't the body's is unusable`() throws {
        var sample = WebhookSample.reviewsIO[0]
        for type in ["product_review", "review"] {
            sample.parameters = ["type": type]
            guard case .unusable = try sample.read(sample.message()) else {
                Issue.record("\(type) was taken")
                continue
            }
        }
        sample.parameters = [:]
        #expect(try Self.events(sample.read(sample.message())).first?.trigger.handle == "new-company-review")
    }

    /// Whatever a vendor sends: what comes out fits its trigger, or its problems are about what the trigger requires.
    @Test(arguments: WebhookSample.all)
    func `mutated requests end in valid payloads or named problems`(sample: WebhookSample) throws {
        let definition = try WebhookSample.definition(of: sample.connector)
        let document = try JSONParser.parse(sample.body)
        for seed in UInt64(0)..<300 {
            var generator = SeededGenerator(seed: seed)
            let body = Self.mutated(document, using: &generator)
            let message = try sample.message(body: body.jsonText)
            guard case .events(let events) = try sample.read(message) else { continue }
            for event in events {
                let trigger = try #require(definition.trigger(event.trigger.handle))
                let required = Set(trigger.fields.filter(\.isRequired).map(\.key))
                #expect(trigger.validate(event.payload, types: definition.types) == event.problems)
                #expect(
                    event.problems.allSatisfy { required.contains(String($0.field.prefix { $0 != "[" })) },
                    "seed \(seed): \(event.problems)")
                #expect((1...255).contains(event.id.utf8.count))
                let keys = event.payload.objectValue.map { Set($0.keys) } ?? []
                #expect(keys.isSubset(of: trigger.fields.map(\.key)))
            }
        }
    }

    /// Each value stays, goes, or becomes another one.
    private static func mutated(_ value: JSON, using generator: inout SeededGenerator) -> JSON {
        let others: [JSON] = [
            nil, true, 0, -7, 4.5, "", "7", "text", "1e3", "gid://shopify/Product/7", "//x", ["a"], [:],
        ]
        if Int.random(in: 0..<12, using: &generator) == 0 {
            return others[Int.random(in: 0..<others.count, using: &generator)]
        }
        switch value {
        case .object(let members):
            var kept: [String: JSON] = [:]
            for (name, member) in members.sorted(by: { $0.key < $1.key })
            where Int.random(in: 0..<12, using: &generator) > 0 {
                kept[name] = mutated(member, using: &generator)
            }
            return .object(kept)
        case .array(let items): return .array(items.map { mutated($0, using: &generator) })
        default: return value
        }
    }
}
