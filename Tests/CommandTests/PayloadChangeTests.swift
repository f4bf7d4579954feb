import Flow
import Liquid
import Testing

@testable import sluice

/// `--set`, and `--data`.
@Suite struct PayloadChangeTests {
    private static let named: NamedTrigger = {
        func field(_ key: String, _ type: FieldType) -> FieldDefinition {
            FieldDefinition(
                key: key, type: type, isRequired: false, description: "", values: [], source: "author")
        }
        let trigger = TriggerDefinition(
            handle: "t", title: "T", description: "", constraints: [],
            fields: [
                field("text", .singleLineText), field("flag", .boolean), field("price", .decimal),
                field("count", .integer), field("customer_id", .reference(.customer)),
                field("stats", .schema("Stat", isList: true)),
                field("order", .schema("Order", isList: false)),
            ])
        return NamedTrigger(
            connector: ConnectorDefinition(
                id: "c", name: "C", category: "x", notes: [], triggers: [trigger], actions: []),
            trigger: trigger)
    }()

    private static func applied(_ option: String, to payload: JSON = .object([:]), isStrict: Bool = true)
        throws -> JSON
    {
        try PayloadChange(option).applied(to: payload, of: named, isStrict: isStrict)
    }

    @Test func `a way that leads deeper than a payload may be is refused`() {
        let way = Array(repeating: "a", count: 100_000).joined(separator: ".")
        #expect(throws: CommandError.self) { try PayloadChange("\(way)=1") }
    }

    @Test func `values are read by the field's type`() throws {
        #expect(try Self.applied("text=150") == ["text": "150"])
        #expect(try Self.applied("text=a=b") == ["text": "a=b"])
        #expect(try Self.applied("text=") == ["text": ""])
        #expect(try Self.applied("flag=true") == ["flag": true])
        #expect(try Self.applied("price=9.5") == ["price": 9.5])
        #expect(try Self.applied("price=9") == ["price": 9])
        #expect(try Self.applied("price=null") == ["price": .null])
        #expect(try Self.applied("count=-3") == ["count": -3])
        #expect(try Self.applied("customer_id=12") == ["customer_id": 12])
        #expect(
            try Self.applied("customer_id=gid://shopify/Customer/1") == [
                "customer_id": "gid://shopify/Customer/1"
            ])
        #expect(try Self.applied("stats=[{\"n\":1}]") == ["stats": .array([["n": 1]])])
    }

    @Test func `a path goes into objects and lists, and makes what is missing`() throws {
        #expect(try Self.applied("order.total.amount=9.5") == ["order": ["total": ["amount": 9.5]]])
        #expect(
            try Self.applied("stats.1.n=7", to: ["stats": .array([["n": 1], ["n": 2]])])
                == ["stats": .array([["n": 1], ["n": 7]])])
        #expect(
            try Self.applied("order.name=tea", to: ["order": ["x": 1]]) == ["order": ["x": 1, "name": "tea"]])
    }

    @Test(arguments: [
        "flag=yes", "price=much", "count=1.5", "unknown=1", "stats.5.n=1", "text.a=1",
    ])
    func `what doesn't fit is wrong use`(option: String) throws {
        let error = #expect(throws: CommandError.self) {
            try Self.applied(option, to: ["stats": .array([]), "text": "x"])
        }
        #expect(error?.code == .wrongUse)
        #expect(error?.place?.hasPrefix("--set ") == true)
    }

    @Test(arguments: ["flag", "=1", "a..b=1", ""])
    func `what is no key=value is wrong use`(option: String) {
        #expect(throws: CommandError.self) { try PayloadChange(option) }
    }

    @Test func `unknown keys and wrong types pass where nothing is to be checked`() throws {
        #expect(try Self.applied("unknown=1", isStrict: false) == ["unknown": 1])
        #expect(try Self.applied("price=much", isStrict: false) == ["price": "much"])
        #expect(try Self.applied("price=true", isStrict: false) == ["price": true])
    }

    @Test func `a payload is a JSON object, or its fault has a place`() throws {
        #expect(try PayloadFile.parse(Array("{\"a\": 1}".utf8), name: "x") == ["a": 1])
        let broken = #expect(throws: CommandError.self) {
            try PayloadFile.parse(Array("{\n\"a\" 1}".utf8), name: "x")
        }
        #expect(broken?.place?.hasPrefix("x:2:") == true)
        #expect(throws: CommandError.self) { try PayloadFile.parse(Array("[1]".utf8), name: "x") }
        let inputs = #expect(throws: CommandError.self) {
            try PayloadFile.parse(Array("[1]".utf8), name: "x", for: .action)
        }
        #expect(inputs?.what == "the inputs are a list")
        #expect(inputs?.remedy?.contains("action's inputs") == true)
        #expect(throws: CommandError.self) { try PayloadFile.read("/nowhere/x.json") }
    }
}
