import Connectors
import Flow
import Liquid
import Testing

@testable import Gateway

/// What Shopify answers, by what was captured of it, and what an event needs here.
@Suite struct FlowTriggerReadingTests {
    private static let catalogue = Result { try Catalogue.builtIn() }

    private static func read(_ arguments: FlowTriggerArguments, limit: Int = 50_000) throws
        -> FlowTriggerReading
    {
        let connector = try #require(try catalogue.get()["loyaltylion"])
        return FlowTriggerReading(arguments, of: connector, limit: limit)
    }

    private static func message(_ lines: String...) -> String {
        "Errors validating schema:\n  " + lines.joined(separator: "\n  ") + "\n"
    }

    /// A payload whose JSON has so many bytes.
    private static func payload(bytes: Int) -> JSON {
        ["value": .string(String(repeating: "x", count: bytes - #"{"value":""}"#.utf8.count))]
    }

    private static let conflict = "Cannot use `handle` and `payload` arguments with `body` argument"
    private static let required = "`handle` and `payload` arguments are required"
    private static let body = #"{"trigger_id":"abc","properties":{}}"#

    @Test(
        arguments: [
            (nil, nil, nil, "handle", required), (nil, ["test": "value"], nil, "handle", required),
            ("", nil, nil, "handle", required), ("moved-up-tier", nil, nil, "handle", required),
            ("moved-up-tier", .null, "", "handle", required), (nil, nil, "", "handle", required),
            ("test", nil, body, "body", conflict), (nil, ["a": 1], body, "body", conflict),
            ("test", ["a": 1], "not json", "body", conflict),
            ("no-such", ["test": "value"], nil, "body", message("Invalid handle 'no-such'.")),
            ("no-such", payload(bytes: 50_000), nil, "body", message("Invalid handle 'no-such'.")),
            (
                "no-such", payload(bytes: 50_001), nil, "body",
                message("Properties size exceeds the limit of 50000 bytes.")
            ),
            (
                "moved-up-tier", "text", nil, "body",
                message("Type error for field 'properties': text is not an Object.")
            ),
            (
                "moved-up-tier", [1, "a"], nil, "body",
                message("Type error for field 'properties': [1,\"a\"] is not an Object.")
            ),
        ] as [(String?, JSON?, String?, String, String)])
    func `what is wrong with a handle and a payload`(
        handle: String?, payload: JSON?, body: String?, field: String, message: String
    ) throws {
        let reading = try Self.read(FlowTriggerArguments(handle: handle, payload: payload, body: body))
        #expect(reading == .refused(field: field, message: message))
    }

    @Test(arguments: [
        ("not json", ["unexpected token 'not' at line 1 column 1"]),
        ("{\"é\": 1,\n  oops: 2}", ["unexpected token 'oops:' at line 2 column 3"]),
        ("{\"a\": ", ["unexpected end of input at line 1 column 7"]),
        ("[1]", ["Type error: body is not an Object."]), ("\"x\"", ["Type error: body is not an Object."]),
        (#"{"trigger_id": "moved-up-tier"}"#, ["Required field missing: 'properties'."]),
        (#"{"properties": {}}"#, ["Required field missing: 'trigger_id'."]),
        ("{}", ["Required field missing: 'trigger_id'."]),
        (
            #"{"trigger_id": "abc", "properties": {}, "unknown_root": 1}"#,
            ["Invalid field: 'unknown_root'."]
        ),
        (#"{"properties": "oops"}"#, ["Type error for field 'properties': oops is not an Object."]),
        (
            #"{"trigger_id": 5, "properties": {}}"#,
            ["Type error for field 'trigger_id': 5 is not a String."]
        ),
        (
            #"{"trigger_title": null, "properties": {}}"#,
            ["Type error for field 'trigger_title': null is not a String."]
        ),
        (
            #"{"trigger_id": "abc", "properties": {}, "resources": {"a": 1}}"#,
            [#"Type error for field 'resources': {"a":1} is not an Array."#]
        ),
        (
            #"{"trigger_id": "abc", "resources": [{"name": "x"}], "properties": {}}"#,
            ["Required field missing: 'url'."]
        ),
        (
            #"{"trigger_id": "abc", "resources": [{"url": "https://a.example/1"}], "properties": {}}"#,
            ["Required field missing: 'name'."]
        ),
        (
            #"{"trigger_id": "abc", "properties": {}, "resources": [{"url": "not-a-url", "name": "x"}]}"#,
            ["Type error for field 'url': not-a-url is not an absolute URL."]
        ),
        (
            #"{"properties": {}, "resources": [{"url": "not-a-url"}], "unknown_root": 1}"#,
            [
                "Invalid field: 'unknown_root'.", "Required field missing: 'name'.",
                "Type error for field 'url': not-a-url is not an absolute URL.",
            ]
        ),
        (body, ["Invalid trigger_id 'abc'."]),
        (
            #"{"trigger_id": "abc", "resources": [{"url": "https://a.example", "name": "x"}]}"#,
            ["Invalid trigger_id 'abc'."]
        ),
        (#"{"trigger_title": "foo", "properties": {}}"#, ["Invalid trigger_title 'foo'."]),
        (
            #"{"trigger_id": "moved-up-tier", "trigger_title": "Customer moved down a tier", "properties": {}}"#,
            ["Invalid trigger_title 'Customer moved down a tier'."]
        ),
    ])
    func `what is wrong with a body`(body: String, lines: [String]) throws {
        let reading = try Self.read(FlowTriggerArguments(body: body))
        let text = lines.joined(separator: "\n  ")
        #expect(reading == .refused(field: "body", message: Self.message(text)))
    }

    @Test func `the properties of a body have the limit, not the body`() throws {
        for (bytes, isTooLarge) in [(50_000, false), (50_001, true)] {
            let body: JSON = [
                "trigger_id": "abc", "properties": Self.payload(bytes: bytes),
                "resources": [
                    ["name": .string(String(repeating: "n", count: 60_000)), "url": "https://a.example"]
                ],
            ]
            let line =
                isTooLarge
                ? "Properties size exceeds the limit of 50000 bytes." : "Invalid trigger_id 'abc'."
            #expect(
                try Self.read(FlowTriggerArguments(body: body.jsonText))
                    == .refused(field: "body", message: Self.message(line)))
        }
    }

    @Test(arguments: [
        #"{"trigger_id": "moved-up-tier", "properties": {"customer_id": 77, "tierName": "Gold"}}"#,
        #"{"trigger_id": "Customer moved up a tier", "properties": {"customer_id": 77, "tierName": "Gold"}}"#,
        #"{"trigger_title": "Customer moved up a tier", "resources": [], "properties": {"customer_id": 77, "tierName": "Gold"}}"#,
        #"{"trigger_title": "moved-up-tier", "trigger_id": "moved-up-tier", "resources": [{"name": "Tier", "url": "https://a.example"}], "properties": {"customer_id": 77, "tierName": "Gold"}}"#,
    ])
    func `a body names its trigger by handle or title`(body: String) throws {
        let reading = try Self.read(FlowTriggerArguments(body: body))
        guard case .event(let trigger, let payload) = reading else {
            Issue.record("it is refused: \(reading)")
            return
        }
        #expect(trigger.handle == "moved-up-tier")
        #expect(payload == ["customer_id": 77, "tierName": "Gold"])
    }

    @Test(arguments: [77, "77", "gid://shopify/Customer/77"] as [JSON])
    func `a reference is a number, as text too, or a global id`(id: JSON) throws {
        let payload: JSON = ["customer_id": id, "tierName": "Gold", "more": ["a": [1]]]
        let reading = try Self.read(FlowTriggerArguments(handle: "moved-up-tier", payload: payload))
        guard case .event(let trigger, let taken) = reading else {
            Issue.record("it is refused: \(reading)")
            return
        }
        #expect(trigger.handle == "moved-up-tier")
        #expect(taken == payload)
        #expect(reading.answer == ["userErrors": []])
    }

    @Test func `what does not fit the trigger's fields is refused, all of it`() throws {
        let reading = try Self.read(
            FlowTriggerArguments(handle: "moved-up-tier", payload: ["pointsBalance": true]))
        guard case .refused("body", let message) = reading else {
            Issue.record("it is taken")
            return
        }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "Errors validating schema:")
        #expect(lines.last == "")
        #expect(lines.count == 5)
        #expect(lines.contains("  tierName is missing; send text"))
        #expect(
            lines.contains { $0.hasPrefix("  customer_id is missing; send the customer's id") })
        #expect(lines.contains { $0.hasPrefix("  pointsBalance is a boolean; send a number") })
        #expect(
            reading.answer == ["userErrors": [["field": ["body"], "message": .string(message)]]])
    }

    @Test func `a gateway's own limit counts where it is lower`() throws {
        let reading = try Self.read(
            FlowTriggerArguments(handle: "moved-up-tier", payload: Self.payload(bytes: 101)), limit: 100)
        #expect(
            reading
                == .refused(
                    field: "body", message: Self.message("Properties size exceeds the limit of 100 bytes.")))
    }

    @Test func `values that are written a million times as long as they came are refused at once`() throws {
        var value: JSON = .string(String(repeating: "x", count: 100))
        for _ in 0..<40 { value = [value, value] }
        let began = ContinuousClock.now
        #expect(!value.isWritten(within: 50_000))
        let bombs = [
            FlowTriggerArguments(handle: "moved-up-tier", payload: ["customer_id": 1, "a": value]),
            FlowTriggerArguments(handle: "moved-up-tier", payload: value),
        ]
        for arguments in bombs {
            let reading = try Self.read(arguments)
            #expect(
                reading
                    == .refused(
                        field: "body",
                        message: Self.message("Properties size exceeds the limit of 50000 bytes.")))
        }
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func `a payload deeper than records may be is refused`() throws {
        func payload(_ depth: Int) -> JSON {
            var value: JSON = 1
            for _ in 1..<depth { value = [value] }
            return ["customer_id": 77, "tierName": "Gold", "deep": value]
        }
        let depth = TriggerEvent.payloadDepth
        let deepest = try Self.read(FlowTriggerArguments(handle: "moved-up-tier", payload: payload(depth)))
        guard case .event(_, let taken) = deepest else {
            Issue.record("it is refused: \(deepest)")
            return
        }
        #expect(throws: Never.self) { try JSONParser.parse(taken.jsonBytes, depthLimit: depth) }
        let deeper = try Self.read(
            FlowTriggerArguments(handle: "moved-up-tier", payload: payload(depth + 1)))
        #expect(
            deeper
                == .refused(
                    field: "body", message: Self.message("the payload is nested deeper than \(depth) levels"))
        )
    }

    @Test func `messages are no longer than somebody reads`() throws {
        let keys = (0..<1_000).map { "\"key\($0)\": 1" }.joined(separator: ", ")
        let long = String(repeating: "y", count: 10_000)
        let bodies = [
            "{\(keys)}", "{\"\(long)\": 1}", long, "{\"trigger_id\": \"\(long)\", \"properties\": {}}",
        ]
        for body in bodies {
            guard case .refused(_, let message) = try Self.read(FlowTriggerArguments(body: body)) else {
                Issue.record("it is taken")
                continue
            }
            #expect(message.utf8.count < 1_000)
        }
    }
}
