import Flow
import Liquid
import Testing

@Suite struct MatchingTests {
    private func directory(_ workflow: String) throws -> Directory {
        try Fixtures.directory(
            """
            kind: store
            domain: tea-house.myshopify.com
            shop_id: 55
            apps: [loyaltylion, slack]
            ---
            kind: workflow
            id: w
            store: tea-house.myshopify.com
            trigger: loyaltylion/moved-up-tier
            \(workflow)
            """)
    }

    private static let step = "steps: [{action: slack/send-message}]"

    @Test func `an event of an unknown store is refused visibly`() throws {
        let matching = Fixtures.match(Fixtures.event(store: "nowhere"), in: try directory(Self.step))
        #expect(matching.report.refused == "unknown-store")
        #expect(matching.report.event.store == "nowhere")
        #expect(matching.report.place == Fixtures.place)
        #expect(matching.actions.isEmpty && matching.ends.isEmpty)
    }

    @Test func `a disabled workflow and unmet conditions leave visible skips`() throws {
        #expect(
            Fixtures.match(in: try directory("enabled: false\n\(Self.step)")).report.skipped
                == [.init(workflow: "w", version: 1, reason: .workflowDisabled)])
        let gold = try directory("conditions: {field: trigger.tier, is: ==, value: Gold}\n\(Self.step)")
        #expect(Fixtures.match(in: gold).report.skipped.map(\.reason) == [.conditionsNotMet])
        #expect(Fixtures.match(Fixtures.event(["tier": "GOLD"]), in: gold).report.started.count == 1)
    }

    @Test func `a run with no step to do ends at once, succeeded`() throws {
        let matching = Fixtures.match(
            in: try directory(
                "steps: [{if: {field: trigger.never, is: exists}, then: [{action: slack/send-message}]}]"))
        #expect(matching.report.started.count == 1)
        #expect(matching.actions.isEmpty)
        #expect(matching.ends.map(\.end) == [.succeeded])
        #expect(matching.ends.map(\.reason) == ["no step to do"])
    }

    @Test func `waits before the first action add up`() throws {
        let matching = Fixtures.match(
            in: try directory("steps: [{wait: 1m}, {wait: 30s}, {action: slack/send-message}, {wait: 1h}]"))
        #expect(matching.actions.map(\.delay) == [.seconds(90)])
    }

    @Test func `templates read the trigger, the store and no step yet`() throws {
        let matching = Fixtures.match(
            Fixtures.event(["n": 3]),
            in: try directory(
                "steps: [{action: slack/send-message, inputs: {a: '{{ trigger.n }}', b: '{{ store.domain }}', "
                    + "c: '{{ store.shop_id }}', d: '[{{ steps.x.y }}]', e: 'n={{ trigger.n }}'}}]"))
        #expect(
            matching.actions.first?.run.properties == [
                "a": 3, "b": .string(Fixtures.store), "c": 55, "d": "[]", "e": "n=3",
            ])
    }

    static let keys: [(String, JSON, String?)] = [
        ("", ["product_id": 3, "order_id": 2, "customer_id": 1], "1"),
        ("", ["product_id": 3, "order_id": 2], "2"), ("", ["product_id": 3], "3"),
        ("", ["customer_id": nil, "order_id": 2], "2"), ("", ["customer_id": "gid-9"], "gid-9"),
        ("", ["name": "Ada"], nil), ("order_by: none\n", ["customer_id": 1], nil),
        ("order_by: trigger.cart.token\n", ["cart": ["token": "abc"], "customer_id": 1], "abc"),
        ("order_by: trigger.cart.token\n", ["customer_id": 1], nil),
    ]

    @Test(arguments: keys)
    func `the ordering key is of the store, the workflow and the customer, order or product, if any`(
        order: String, payload: JSON, part: String?
    ) throws {
        let matching = Fixtures.match(Fixtures.event(payload), in: try directory(order + Self.step))
        let run = try #require(matching.actions.first).run
        #expect(run.orderingKey == part.map { "\(Fixtures.store)/w/\($0)" })
        let key = run.orderingKey ?? "\(Fixtures.store)/\(run.id)"
        #expect(run.record(Topics()).key == Array(key.utf8))
    }

    @Test func `the same event gives the same ids, whatever the workflow's version`() throws {
        var directory = try directory(Self.step)
        let first = Fixtures.match(in: directory)
        try Fixtures.put(
            "kind: workflow\nid: w\nstore: \(Fixtures.store)\ntrigger: loyaltylion/moved-up-tier\n\(Self.step)\n",
            version: 2, in: &directory)
        let second = Fixtures.match(in: directory)
        #expect(second.report.started.map(\.version) == [2])
        #expect(first.actions.map(\.run.id) == second.actions.map(\.run.id))
        #expect(first.report.started.map(\.run) == second.report.started.map(\.run))
        let other = Fixtures.match(Fixtures.event(id: "e2"), in: directory)
        #expect(other.actions.map(\.run.id) != first.actions.map(\.run.id))
    }
}
