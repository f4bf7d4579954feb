import Flow
import Liquid
import Testing

@Suite struct TriggerEventTests {
    private static let connector = "loyaltylion"

    /// A good binary record, changed.
    private static func binary(
        _ changes: [String: String?] = [:], key: String? = Fixtures.store,
        value: String? = #"{"tier":"Gold"}"#
    ) -> WireRecord {
        var headers: [String: String] = [
            "ce_specversion": "1.0", "ce_id": "e1", "ce_source": connector,
            "ce_type": "loyaltylion.moved-up-tier",
            "content-type": "application/json",
        ]
        for (name, text) in changes { headers[name] = text }
        return WireRecord(
            topic: "sluice.triggers.loyaltylion", key: key.map { Array($0.utf8) },
            value: value.map { Array($0.utf8) },
            headers: headers.sorted { $0.key < $1.key }.map { WireHeader($0.key, $0.value) })
    }

    private static func structured(
        _ document: String, key: String? = Fixtures.store, type: String = "application/cloudevents+json"
    ) -> WireRecord {
        WireRecord(
            topic: "t", key: key.map { Array($0.utf8) }, value: Array(document.utf8),
            headers: [WireHeader("content-type", type)])
    }

    private static let document =
        #"{"specversion":"1.0","id":"e1","source":"loyaltylion","type":"loyaltylion.moved-up-tier","#
        + #""subject":"tea-house.myshopify.com","time":"2026-11-23T12:00:00Z","traceparent":"00-ab","data":{"tier":"Gold"}}"#

    private static func refusal(_ record: WireRecord) -> UnusableRecord? {
        #expect(throws: UnusableRecord.self) { try TriggerEvent(record, connector: connector) }
    }

    @Test func `what is written is read back`() throws {
        var event = Fixtures.event(["tier": "Gold", "n": .decimal(1.5)])
        event.time = "2026-11-23T12:00:00Z"
        event.traceParent = "00-ab"
        let record = event.record(Topics(prefix: "x"))
        #expect(record.topic == "x.triggers.loyaltylion")
        #expect(record.keyText == Fixtures.store)
        #expect(record.header("ce_type") == "loyaltylion.moved-up-tier")
        #expect(try TriggerEvent(record, connector: Self.connector) == event)
        #expect(
            try TriggerEvent(Fixtures.event().record(Topics()), connector: Self.connector) == Fixtures.event()
        )
    }

    @Test func `both modes give the same event`() throws {
        let binary = try TriggerEvent(
            Self.binary(["ce_time": "2026-11-23T12:00:00Z", "traceparent": "00-ab"]),
            connector: Self.connector)
        #expect(binary.payload == ["tier": "Gold"])
        #expect(binary.identity == Fixtures.event().identity)
        #expect(try TriggerEvent(Self.structured(Self.document), connector: Self.connector) == binary)
        for type in ["application/cloudevents+json; charset=UTF-8", "Application/CloudEvents+JSON"] {
            #expect(
                try TriggerEvent(Self.structured(Self.document, type: type), connector: Self.connector)
                    == binary)
        }
    }

    @Test func `the store is the key, or the subject where there is no key`() throws {
        func store(_ record: WireRecord) throws -> String {
            try TriggerEvent(record, connector: Self.connector).identity.store
        }
        #expect(try store(Self.binary(key: "k")) == "k")
        #expect(try store(Self.binary(["ce_subject": "k"], key: "k")) == "k")
        #expect(try store(Self.binary(["ce_subject": "s"], key: nil)) == "s")
        #expect(try store(Self.structured(Self.document, key: nil)) == Fixtures.store)
    }

    @Test func `a key that disagrees with the subject, or neither, is unusable`() {
        let both = Self.refusal(Self.binary(["ce_subject": "other"]))
        #expect(both?.reason == "the key names another store than ce_subject")
        #expect(both?.store == Fixtures.store)
        #expect(
            Self.refusal(Self.structured(Self.document, key: "other"))?.reason
                == "the key names another store than ce_subject")
        #expect(
            Self.refusal(Self.binary(key: nil))?.reason == "neither the key nor ce_subject names the store")
        #expect(
            Self.refusal(Self.binary(key: ""))?.reason == "neither the key nor ce_subject names the store")
        var record = Self.binary()
        record.key = [0xFF]
        #expect(Self.refusal(record)?.reason == "neither the key nor ce_subject names the store")
    }

    static let unusable: [(WireRecord, String)] = [
        (binary(value: nil), "the record has no value"), (binary(value: ""), "the record has no value"),
        (binary(["ce_id": nil]), "the CloudEvents attribute id is missing"),
        (binary(["ce_id": ""]), "the CloudEvents attribute id is missing"),
        (binary(["ce_source": nil]), "the CloudEvents attribute source is missing"),
        (binary(["ce_type": nil]), "the CloudEvents attribute type is missing"),
        (binary(["ce_specversion": nil]), "the CloudEvents attribute specversion is missing"),
        (binary(["ce_specversion": "0.3"]), "the CloudEvents version is not 1.0"),
        (binary(["ce_source": "klaviyo"]), "the source klaviyo does not belong in the topic of loyaltylion"),
        (binary(["ce_type": "klaviyo.x"]), "the type klaviyo.x is none of loyaltylion"),
        (binary(["ce_type": "loyaltylion."]), "the type loyaltylion. is none of loyaltylion"),
        (binary(["ce_type": "loyaltylions.x"]), "the type loyaltylions.x is none of loyaltylion"),
        (binary(["ce_id": String(repeating: "x", count: 256)]), "the id is longer than 255 bytes"),
        (
            binary(value: "{"),
            "the payload is not JSON at byte 1: a member's name should stand here, in double quotes"
        ),
        (binary(value: "[1]"), "the payload is not a JSON object"),
        (
            structured("{"),
            "the structured event is not JSON at byte 1: a member's name should stand here, in double quotes"
        ),
        (structured("[]"), "a structured event is a JSON object"),
        (
            structured(document.replacing(#""data":{"tier":"Gold"}"#, with: #""data":[1]"#)),
            "the payload is not a JSON object"
        ),
        (
            structured(document.replacing(#","data":{"tier":"Gold"}"#, with: "")),
            "the payload is not a JSON object"
        ),
        (
            structured(document.replacing(#""id":"e1""#, with: #""id":1"#)),
            "the CloudEvents attribute id is missing"
        ),
    ]

    @Test(arguments: unusable) func `each reason why a record can't be used is told, with its store`(
        record: WireRecord, reason: String
    ) {
        let refusal = Self.refusal(record)
        #expect(refusal?.reason == reason)
        #expect(refusal?.store == Fixtures.store)
    }

    @Test func `a payload of the limit is taken and one byte more is not, in both modes`() throws {
        let limit = TriggerEvent.payloadLimit
        #expect(limit == 50_000)
        func payload(_ size: Int) -> String { #"{"t":""# + String(repeating: "x", count: size - 8) + #""}"# }
        func structured(_ size: Int) -> WireRecord {
            Self.structured(Self.document.replacing(#"{"tier":"Gold"}"#, with: payload(size)))
        }
        #expect(throws: Never.self) {
            try TriggerEvent(Self.binary(value: payload(limit)), connector: Self.connector)
        }
        #expect(throws: Never.self) { try TriggerEvent(structured(limit), connector: Self.connector) }
        for record in [Self.binary(value: payload(limit + 1)), structured(limit + 1)] {
            #expect(Self.refusal(record)?.reason == "the payload of 50001 bytes exceeds the limit of 50000")
        }
        #expect(throws: UnusableRecord.self) {
            try TriggerEvent(Self.binary(value: payload(11)), connector: Self.connector, payloadLimit: 10)
        }
    }

    @Test func `a long source or type is shown in part`() {
        let long = String(repeating: "x", count: 5000)
        #expect((Self.refusal(Self.binary(["ce_source": long]))?.reason.count ?? 0) < 200)
        #expect((Self.refusal(Self.binary(["ce_type": long]))?.reason.count ?? 0) < 200)
    }

    @Test func `the last header of a name counts`() throws {
        var record = Self.binary()
        record.headers.append(WireHeader("ce_id", "later"))
        #expect(try TriggerEvent(record, connector: Self.connector).identity.id == "later")
    }
}
