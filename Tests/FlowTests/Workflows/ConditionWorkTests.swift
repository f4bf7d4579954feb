import Flow
import Liquid
import Testing

/// Conditions end within their budget, whatever an author and a payload make of them.
@Suite(.timeLimit(.minutes(2))) struct ConditionWorkTests {
    /// `any` within `any` over the same list, each comparing with the innermost item.
    private static func nested(_ levels: Int, _ quantifier: String = "any") -> JSON {
        let innermost: JSON = ["field": "item", "is": "==", "value": "never"]
        return (0..<levels).reduce(innermost) { inner, _ in
            ["field": "trigger.list", "is": .string(quantifier), "where": inner]
        }
    }

    private static func isGivenUp(_ condition: JSON, _ trigger: JSON) throws -> Bool {
        let condition = try Fixtures.condition(condition)
        do throws(ConditionWork.Excess) {
            _ = try condition.holds(in: ["trigger": trigger])
            return false
        } catch {
            return true
        }
    }

    @Test func `nested lists of a full payload are given up`() throws {
        let list = JSON.array(Array(repeating: "x", count: 12_000))
        #expect(try !Self.isGivenUp(Self.nested(1), ["list": list]))
        #expect(try Self.isGivenUp(Self.nested(2), ["list": list]))
        #expect(try Self.isGivenUp(Self.nested(4), ["list": list]))
        #expect(try Self.isGivenUp(Self.nested(4, "none"), ["list": list]))
    }

    @Test func `long values count as several comparisons`() throws {
        let text = JSON.string(String(repeating: "a", count: 40_000))
        let list = JSON.array(Array(repeating: "x", count: 2_000))
        for name in ["==", "includes", "starts_with", "<", "in"] {
            let operand: JSON = name == "in" ? [text] : text
            let condition: JSON = [
                "field": "trigger.list", "is": "any",
                "where": ["field": "trigger.text", "is": .string(name), "value": operand],
            ]
            let isGivenUp = try Self.isGivenUp(["not": condition], ["list": list, "text": "b"])
            #expect(isGivenUp, "\(name)")
        }
        let sizes: JSON = [
            "field": "trigger.list", "is": "all",
            "where": ["field": "trigger.text.size", "is": ">", "value": 1],
        ]
        #expect(try Self.isGivenUp(sizes, ["list": list, "text": text]))
    }

    @Test func `a text that repeats itself is searched in time that grows with it alone`() throws {
        let part = String(repeating: "a", count: 25_000)
        let condition = try Fixtures.condition([
            "field": "trigger.text", "is": "includes", "value": .string(part + "b"),
        ])
        #expect(try !condition.holds(in: ["trigger": ["text": .string(part + part)]]))
    }

    @Test func `what real workflows ask of a large order is far within it`() throws {
        let lines = JSON.array((0..<250).map { ["sku": "tea-\($0)", "count": .integer(Int64($0))] })
        let condition: JSON = [
            "field": "trigger.orders", "is": "any",
            "where": [
                "field": "item.lines", "is": "all",
                "where": [
                    "all": [
                        ["field": "item.sku", "is": "starts_with", "value": "tea-"],
                        ["field": "item.count", "is": ">=", "value": 0],
                    ]
                ],
            ],
        ]
        #expect(try !Self.isGivenUp(condition, ["orders": [["lines": lines]]]))
    }

    @Test func `a run whose conditions cost too much ends as rejected, and harms no other`() throws {
        let directory = try Fixtures.directory(
            """
            kind: store
            domain: tea-house.myshopify.com
            apps: [loyaltylion, slack]
            ---
            kind: workflow
            id: heavy
            store: tea-house.myshopify.com
            trigger: loyaltylion/moved-up-tier
            conditions: \(Self.nested(3).jsonText)
            steps: [{action: slack/send-message}]
            ---
            kind: workflow
            id: branching
            store: tea-house.myshopify.com
            trigger: loyaltylion/moved-up-tier
            steps: [{id: choose, if: \(Self.nested(3).jsonText), then: [{action: slack/send-message}]}]
            ---
            kind: workflow
            id: light
            store: tea-house.myshopify.com
            trigger: loyaltylion/moved-up-tier
            steps: [{action: slack/send-message}]
            """)
        let list = JSON.array(Array(repeating: "x", count: 12_000))
        let matching = Fixtures.match(Fixtures.event(["list": list]), in: directory)
        #expect(matching.report.started.map(\.workflow) == ["branching", "heavy", "light"])
        #expect(matching.actions.map(\.run.workflowRun.workflow) == ["light"])
        #expect(matching.ends.map(\.run.workflow) == ["branching", "heavy"])
        #expect(matching.ends.map(\.end) == [.rejected, .rejected])
        let excess = "the conditions need more than 100000 comparisons for this event"
        #expect(matching.ends[0].reason?.hasPrefix("step choose: if: \(excess)") == true)
        #expect(matching.ends[1].reason?.hasPrefix("conditions: \(excess)") == true)
    }
}
