import Flow
import Liquid
import Testing

@Suite struct PayloadValidationTests {
    private let connector: ConnectorDefinition
    private let trigger: TriggerDefinition
    private let action: ActionDefinition

    init() throws {
        connector = try #require(try CatalogueFixtures.read(CatalogueFixtures.yaml).connector)
        trigger = try #require(connector.trigger("review-created"))
        action = try #require(connector.action("hide-review"))
    }

    private func problems(_ payload: String) throws -> [String] {
        trigger.validate(try JSONParser.parse(payload), types: connector.types).map(\.description)
    }

    /// Checks one member of an otherwise right payload.
    private func problems(_ key: String, _ value: String) throws -> [String] {
        var members = ["customer_id": "1", "rating": "4"]
        members[key] = value
        return try problems("{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
    }

    @Test(arguments: [
        ("customer_id", "77120"), ("customer_id", "\"77120\""),
        ("customer_id", "\"gid://shopify/Customer/77120\""),
        ("rating", "4.5"), ("rating", "\"4.5\""), ("rating", "\"-1e3\""), ("rating", "0"),
        ("email", "\"ann@example.com\""), ("email", "\"a+b@trà.example\""), ("email", "null"),
        ("page", "\"https://example.com/a?b=c#d\""), ("page", "\"app-1://x\""),
        ("verified", "true"), ("Review Title", "\"\""), ("Review Title", "\"two\\nlines\""),
        ("mood", "\"good\""), ("words", "[]"), ("words", "[\"a\"]"), ("words", "null"),
        ("photos", "[]"), ("photos", "[{\"url\": \"x\"}]"),
        ("photos", "[{\"url\": \"x\", \"width\": 3, \"tags\": [\"a\"], \"mood\": \"GOOD\", \"more\": 1}]"),
        ("unknown", "{\"kept\": [1]}"),
    ]) func `a right value passes`(key: String, value: String) throws {
        #expect(try problems(key, value) == [])
    }

    @Test(arguments: [
        ("customer_id", "null", "customer_id is missing; send the customer's id"),
        (
            "customer_id", "0",
            "customer_id is an integer; send the customer's id, as a number or as gid://shopify/Customer/1"
        ),
        ("customer_id", "1.5", "customer_id is a number"),
        ("customer_id", "\"gid://shopify/Order/1\"", "customer_id is “gid://shopify/Order/1”"),
        ("customer_id", "\"gid://shopify/Customer/\"", "customer_id is “gid"),
        ("customer_id", "\"000\"", "customer_id is “000”"),
        ("rating", "true", "rating is a boolean; send a number, such as 4.5"),
        ("rating", "\"4,5\"", "rating is “4,5”"),
        ("rating", "\"\"", "rating is “”"), ("rating", "\"nan\"", "rating is"),
        ("rating", "\"0x10\"", "rating is"),
        ("rating", "\"1e999\"", "rating is"),
        ("email", "\"ann\"", "email is “ann”; send an e-mail address"), ("email", "\"a@b\"", "email is"),
        ("email", "\"a@b.\"", "email is"),
        ("email", "\"a@@b.c\"", "email is"), ("email", "\"a b@c.d\"", "email is"),
        ("email", "\"@c.d\"", "email is"), ("email", "5", "email is an integer"),
        ("page", "\"/reviews/1\"", "page is “/reviews/1”; send an absolute URL"),
        ("page", "\"https://\"", "page is"), ("page", "\"https:///x\"", "page is"),
        ("page", "\"mailto:a@b.c\"", "page is"), ("page", "\"https://a b\"", "page is"),
        ("page", "\"://x\"", "page is"),
        ("verified", "\"true\"", "verified is “true”; send true or false"),
        ("Review Title", "1", "Review Title is an integer; send text"),
        ("mood", "\"Good\"", "mood is “Good”; send one of “good”, “bad”"),
        ("words", "\"a\"", "words is a string; send a list of String!"),
        ("words", "[\"a\", null]", "words[1] is missing; send String"),
        ("words", "[1]", "words[0] is an integer; send a value of type String"),
        ("photos", "{}", "photos is an object; send a list of Photo!"),
        ("photos", "[1]", "photos[0] is an integer; send an object of type Photo"),
        ("photos", "[{}]", "photos[0].url is missing; send String"),
        (
            "photos", "[{\"url\": \"x\", \"mood\": \"SAD\"}]",
            "photos[0].mood is no Mood; send one of GOOD, BAD"
        ),
        (
            "photos", "[{\"url\": \"x\", \"width\": 1.5}]",
            "photos[0].width is a number; send a value of type Int"
        ),
    ]) func `a wrong value is named with a remedy`(key: String, value: String, report: String) throws {
        let found = try problems(key, value)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(report) ?? false, "\(found)")
    }

    @Test(arguments: ["[]", "null", "\"x\"", "1"])
    func `a payload is an object`(payload: String) throws {
        #expect(try problems(payload).first?.hasPrefix("the payload is") ?? false)
    }

    @Test func `problems are gathered up to a limit`() throws {
        let words = String(repeating: "1,", count: 5000)
        #expect(try problems("words", "[\(words)1]").count == 20)
    }

    @Test(
        arguments: [
            ["order_id": "gid://shopify/Order/1", "text_1": "a\nb"],
            ["order_id": 5, "text_1": 150, "points": "150", "amount": "9.5"],
            ["order_id": "5", "text_1": true, "points": 3, "amount": 1, "notify": "false", "email": ""],
            [
                "order_id": "5", "text_1": "x", "notify": true, "place": "top", "points": "",
                "place of birth": "kept",
            ],
        ] as [[String: JSON]]) func `rendered properties may be text`(properties: [String: JSON])
    {
        #expect(action.validate(properties) == [])
    }

    @Test(
        arguments: [
            ("order_id", "", "order_id is empty; send the order's id"),
            ("text_1", "", "text_1 is empty; send text"),
            ("text_1", nil, "text_1 is missing"), ("text_1", [], "text_1 is a list; send text"),
            ("points", "1.5", "points is “1.5”; send a whole number"), ("points", "+5", "points is “+5”"),
            ("points", 1.5, "points is a number"),
            ("amount", " 1", "amount is “ 1”"), ("notify", "yes", "notify is “yes”; send true or false"),
            ("place", "left", "place is “left”; send one of “top”, “bottom”"),
            ("place", 1, "place is an integer; send one of"),
            ("email", "ann", "email is “ann”"),
        ] as [(String, JSON, String)]) func `a wrong property is named with a remedy`(
            key: String, value: JSON, report: String
        )
    {
        var properties: [String: JSON] = ["order_id": 1, "text_1": "x"]
        properties[key] = value
        let found = action.validate(properties).map(\.description)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(report) ?? false, "\(found)")
    }
}
