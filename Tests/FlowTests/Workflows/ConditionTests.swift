import Flow
import Liquid
import Testing

/// One table per operator: the field's value (none = the field is missing), the operand, and whether it holds.
@Suite struct ConditionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let value: JSON?
        let name: String
        let operand: JSON
        let holds: Bool

        init(_ value: JSON?, _ name: String, _ operand: JSON, _ holds: Bool) {
            self.value = value
            self.name = name
            self.operand = operand
            self.holds = holds
        }

        var testDescription: String {
            "\(value?.jsonText ?? "missing") \(name) \(operand.jsonText): \(holds)"
        }
    }

    private static func holds(_ row: Row) throws -> Bool {
        let condition = try Fixtures.condition([
            "field": "trigger.f", "is": .string(row.name), "value": row.operand,
        ])
        return try condition.holds(in: ["trigger": .compact(["f": row.value])])
    }

    static let equality: [Row] = [
        Row("Gold", "==", "gold", true), Row("GOLD", "==", "Gold", true), Row("ÉTÉ", "==", "été", true),
        Row("gold", "==", "golden", false), Row(5, "==", 5, true), Row(5, "==", .decimal(5), true),
        Row(5, "==", "5", true), Row("5.0", "==", 5, true), Row("5", "==", "5.0", false),
        Row("x", "==", 5, false),
        Row(true, "==", true, true), Row(true, "==", "True", true), Row("false", "==", false, true),
        Row(1, "==", true, false), Row(nil, "==", "x", false), Row(nil, "==", nil, true),
        Row("", "==", nil, false),
        Row([1, 2], "==", [1, 2], true), Row(["a": 1], "==", ["a": 1], true),
        Row(.integer(9_007_199_254_740_993), "==", "9007199254740992", false),
        Row(.integer(9_007_199_254_740_993), "==", "9007199254740993", true),
    ]

    @Test(arguments: equality) func `== and != are each other's opposite`(row: Row) throws {
        #expect(try Self.holds(row) == row.holds)
        #expect(try Self.holds(Row(row.value, "!=", row.operand, row.holds)) == !row.holds)
    }

    static let order: [Row] = [
        Row(2, ">", 1, true), Row(1, ">", 1, false), Row("10", ">", 9, true), Row(10, ">", "9", true),
        Row("10", ">", "9", true), Row("10.5", ">", .decimal(10.4), true), Row("b", ">", "A", true),
        Row("a", ">", "B", false), Row("x", ">", 1, false), Row(1, ">", "x", false), Row(nil, ">", 0, false),
        Row(true, ">", false, false), Row([2], ">", [1], false),
        Row("nan", ">", 5, false), Row("inf", ">", 5, false), Row("0x10", ">", 5, false),
        Row("1e400", ">", 5, false),
        Row(.integer(9_007_199_254_740_993), ">", .integer(9_007_199_254_740_992), true),
        Row(1, ">=", 1, true), Row(0, ">=", 1, false), Row("a", ">=", "A", true), Row(nil, ">=", 0, false),
        Row("x", ">=", 1, false), Row("nan", ">=", 5, false),
        Row(1, "<", 2, true), Row(2, "<", 2, false), Row("9", "<", "10", true), Row(nil, "<", 1, false),
        Row("x", "<", 1, false), Row("nan", "<", 5, false), Row("-inf", "<", 5, false),
        Row("A", "<", "b", true),
        Row(2, "<=", 2, true), Row(3, "<=", 2, false), Row(nil, "<=", 1, false), Row("x", "<=", 1, false),
    ]

    @Test(arguments: order)
    func `numbers compare with numeric text, text ignores case, other kinds have no order`(
        row: Row
    ) throws {
        #expect(try Self.holds(row) == row.holds)
    }

    static let membership: [Row] = [
        Row("Gold", "in", ["silver", "gold"], true), Row("bronze", "in", ["silver", "gold"], false),
        Row(5, "in", ["5"], true), Row(nil, "in", ["x"], false), Row("x", "in", [], false),
    ]

    @Test(arguments: membership) func `in and not_in are each other's opposite`(row: Row) throws {
        #expect(try Self.holds(row) == row.holds)
        #expect(try Self.holds(Row(row.value, "not_in", row.operand, row.holds)) == !row.holds)
    }

    static let parts: [Row] = [
        Row("Tea House", "starts_with", "tea", true), Row("Tea House", "starts_with", "house", false),
        Row(123, "starts_with", "12", true), Row(nil, "starts_with", "x", false),
        Row("Tea House", "ends_with", "HOUSE", true), Row("Tea House", "ends_with", "tea", false),
        Row(nil, "ends_with", "x", false),
        Row("Tea House", "includes", "a h", true), Row("Tea House", "includes", "coffee", false),
        Row("Tea", "includes", "", true), Row(nil, "includes", "x", false),
        Row(["VIP", "new"], "includes", "vip", true), Row(["VIPs"], "includes", "vip", false),
        Row([1, 2], "includes", "2", true), Row([], "includes", "x", false),
        Row(["a": 1], "includes", "a", false),
    ]

    @Test(arguments: parts) func `text has a beginning, an end and parts, and a list has items`(row: Row)
        throws
    {
        #expect(try Self.holds(row) == row.holds)
    }

    static let presence: [(JSON?, empty: Bool, exists: Bool)] = [
        (.none, true, false), (.some(.null), true, false), ("", true, true), ([], true, true),
        ([:], true, true),
        (" ", false, true), (0, false, true), (false, false, true), ([nil], false, true), ("x", false, true),
    ]

    @Test(arguments: presence) func `what is missing or null is empty and does not exist`(
        value: JSON?, isEmpty: Bool, exists: Bool
    ) throws {
        let context: [String: JSON] = ["trigger": .compact(["f": value])]
        #expect(try Fixtures.condition(["field": "trigger.f", "is": "empty"]).holds(in: context) == isEmpty)
        #expect(try Fixtures.condition(["field": "trigger.f", "is": "exists"]).holds(in: context) == exists)
    }

    static let quantified: [(JSON?, any: Bool, all: Bool, none: Bool)] = [
        ([["n": 5], ["n": 20]], true, false, false), ([["n": 20]], true, true, false),
        ([["n": 1], [:]], false, false, true), ([], false, true, true), (.none, false, true, true),
        ("no list", false, true, true),
    ]

    @Test(arguments: quantified) func `any, all and none ask the items of a list`(
        items: JSON?, any: Bool, all: Bool, none: Bool
    ) throws {
        for (name, expected) in ["any": any, "all": all, "none": none] {
            let condition = try Fixtures.condition([
                "field": "trigger.f", "is": .string(name),
                "where": ["field": "item.n", "is": ">", "value": 10],
            ])
            #expect(try condition.holds(in: ["trigger": .compact(["f": items])]) == expected, "\(name)")
        }
    }

    @Test func `an item is compared beside the trigger, and the inner item hides the outer one`() throws {
        let condition = try Fixtures.condition([
            "field": "trigger.orders", "is": "any",
            "where": [
                "all": [
                    ["field": "item.open", "is": "==", "value": true],
                    ["field": "trigger.vip", "is": "==", "value": true],
                    [
                        "field": "item.lines", "is": "all",
                        "where": ["field": "item.count", "is": ">", "value": 1],
                    ],
                ]
            ],
        ])
        let lines: JSON = [["count": 2], ["count": 3]]
        func holds(vip: JSON) throws -> Bool {
            try condition.holds(in: ["trigger": ["vip": vip, "orders": [["open": true, "lines": lines]]]])
        }
        #expect(try holds(vip: true))
        #expect(try !holds(vip: false))
    }

    @Test func `all, any and not join conditions, empty ones included`() throws {
        let yes: JSON = ["field": "trigger.f", "is": "exists"]
        let no: JSON = ["field": "trigger.g", "is": "exists"]
        let table: [(JSON, Bool)] = [
            (["all": [yes, yes]], true), (["all": [yes, no]], false), (["all": []], true),
            (["any": [no, yes]], true), (["any": [no, no]], false), (["any": []], false),
            (["not": yes], false), (["not": no], true), (["not": ["any": [no, ["all": [yes]]]]], false),
        ]
        for (document, expected) in table {
            #expect(
                try Fixtures.condition(document).holds(in: ["trigger": ["f": 1]]) == expected,
                "\(document.jsonText)")
        }
    }

    static let paths: [(String, JSON)] = [
        ("trigger.a.b", 1), ("trigger[\"Review Title\"]", "Good"), ("trigger.list[1]", "y"),
        ("store.domain", "s"),
        ("steps.first.id", 9), ("trigger.nothing.at.all", nil),
    ]

    @Test(arguments: paths) func `a path reads any depth, quoted names and indices`(text: String, value: JSON)
        throws
    {
        let context: [String: JSON] = [
            "trigger": ["a": ["b": 1], "Review Title": "Good", "list": ["x", "y"]], "store": ["domain": "s"],
            "steps": ["first": ["id": 9]],
        ]
        #expect(try #require(FieldPath(text)).value(in: context) == value)
    }

    @Test(arguments: [
        "", "trigger.a | upcase", "a b", "{{ trigger.a }}", "trigger.", "'x'", "5", "trigger.a == 1",
    ])
    func `what is more than a path is none`(text: String) {
        #expect(FieldPath(text) == nil)
    }
}
