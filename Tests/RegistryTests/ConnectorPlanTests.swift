import Flow
import Liquid
import Registry
import Testing

/// Connectors of users' own in manifests.
@Suite("ApplyPlan: connectors") struct ConnectorPlanTests {
    private static let example = "\(TestCatalogue.root)/docs/own-connector.yaml"

    private static func connector(
        id: String = "tea-club", triggers: [String] = ["joined", "left"], actions: [String] = ["send-gift"],
        fields: String = "[{ key: gift, type: single_line_text_field, required: true }]"
    ) -> String {
        let triggers = triggers.map { "  - { handle: \($0), title: T }" }
        let actions = actions.map { "  - { handle: \($0), title: A, fields: \(fields) }" }
        return """
            kind: connector
            id: \(id)
            name: Tea Club
            triggers:
            \(triggers.joined(separator: "\n"))
            actions:
            \(actions.joined(separator: "\n"))
            """
    }

    private static let store = "kind: store\ndomain: a.example\napps: [tea-club, loyaltylion]"
    private static let connection =
        "kind: connection\nconnector: tea-club\nendpoint: https://club.example/flow\nsecret: { env: SECRET }"

    private static func workflow(_ id: String = "gift", trigger: String = "tea-club/joined") -> String {
        """
        kind: workflow
        id: \(id)
        store: a.example
        trigger: \(trigger)
        steps: [{ action: tea-club/send-gift, inputs: { gift: Tea } }]
        """
    }

    private static func applied(_ texts: [String]? = nil) throws -> Directory {
        let texts = texts ?? [workflow(), connection, store, connector()]
        return PlanFixtures.directory(try PlanFixtures.plan(texts.joined(separator: "\n---\n")))
    }

    private func faults(_ texts: String..., against directory: Directory = Directory()) -> [String] {
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(texts.joined(separator: "\n---\n"), against: directory)
        }
        return error?.items.map(\.description) ?? []
    }

    @Test func `one file adds an app and what uses it, the connector first`() throws {
        let plan = try PlanFixtures.plan(
            Self.workflow(), Self.connection, Self.store, Self.connector())
        #expect(
            plan.summary == [
                "created connector/tea-club", "created store/a.example", "created connection/tea-club@*",
                "created workflow/gift",
            ])
        let needs = Dictionary(uniqueKeysWithValues: plan.changes.map { ($0.id, $0.needs) })
        #expect(needs["a.example"] == ["connector/tea-club"])
        #expect(needs["tea-club@*"] == ["connector/tea-club"])
        #expect(needs["gift"] == ["store/a.example", "connector/tea-club"])
        let directory = PlanFixtures.directory(plan)
        #expect(directory.connectors["tea-club"]?.actions.map(\.handle) == ["send-gift"])
        #expect(plan.connectors.keys.sorted() == ["tea-club"])
    }

    @Test func `the page's example can be applied as it is, and again`() throws {
        let options = ManifestOptions(
            environment: ["SLUICE_EXAMPLE_SECRET": "example-example-example"],
            secretBox: try SecretBox(keys: PlanFixtures.keys))
        let manifest = try Manifest.load(paths: [Self.example], variables: [:])
        let plan = try manifest.plan(
            against: Directory(), catalogue: TestCatalogue.load(), options: options)
        #expect(plan.warnings.isEmpty, "\(plan.warnings)")
        #expect(plan.items(.created).count == 4)
        let again = try manifest.plan(
            against: PlanFixtures.directory(plan), catalogue: TestCatalogue.load(), options: options)
        #expect(again.changes.isEmpty, "\(again.summary)")
    }

    @Test func `what the registry has is known to later manifests`() throws {
        let directory = try Self.applied()
        let plan = try PlanFixtures.plan(
            Self.workflow("second", trigger: "tea-club/left"), against: directory)
        #expect(plan.summary == ["created workflow/second"])
        #expect(plan.changes.first?.needs == ["store/a.example"])
    }

    // MARK: Faults

    static let rows: [(String, String)] = [
        (
            "id: slack\nname: S\ntriggers: [{ handle: x, title: X }]",
            "2:5: id: Sluice ships a connector slack; give"
        ),
        (
            "id: Tea Club\nname: S\ntriggers: [{ handle: x, title: X }]",
            "2:5: id: “Tea Club” should be 1 to 30 characters"
        ),
        ("id: tea\nname: S", "1:1: a connector offers something"),
        (
            "id: tea\nname: S\ntriggers: [{ handle: x, title: X }]\nconnection: { ways: [] }",
            "5:13: connection: Sluice has no code that calls the API of tea; its actions are sent to the endpoint"
        ),
        (
            "id: tea\nname: S\nactions:\n  - { handle: x, title: X, delivery: { protocol: vendor-api } }",
            "5:50: actions[0].delivery.protocol: Sluice has no code that calls the API of tea"
        ),
        (
            "id: tea\nname: S\nactions:\n  - handle: x\n    title: X\n    delivery: { in_doubt: check-then-resend }",
            "7:27: actions[0].delivery.in_doubt: Sluice can't look into tea; use resend, or ask"
        ),
        (
            "id: tea\nname: S\nlimits: [{ requests: 1, property: room }]\nactions: [{ handle: x, title: X }]",
            "4:9: limits: no input is called “room”"
        ),
        (
            "id: tea\nname: S\nactions: [{ handle: x, title: X, fields: [{ key: a, type: email }],\n"
                + "  delivery: { limits: [{ requests: 1, property: b }] } }]",
            "5:23: actions[0].delivery.limits: no input is called “b”; there is a"
        ),
        (
            "id: tea\nname: S\ntriggers: [{ handle: x, title: X, fields: [{ key: a, type: colour }] }]",
            "4:60: triggers[0].fields[0].type: “colour” is no type"
        ),
        ("id: tea\nname: S\ncolour: red\ntriggers: [{ handle: x, title: X }]", "4:1: colour is unknown here"),
    ]

    @Test(arguments: rows)
    func `each fault is reported at its place`(_ document: String, _ fault: String) {
        let faults = faults("kind: connector\n\(document)")
        #expect(faults.contains { $0.hasPrefix("m.yaml:\(fault)") }, "\(faults)")
    }

    @Test func `what refers to a connector with faults is not reported, too`() {
        let broken = Self.connector().replacing("name: Tea Club", with: "names: Tea Club")
        let faults = faults(Self.workflow(), Self.connection, Self.store, broken)
        #expect(faults.count == 2, "\(faults)")
        #expect(faults.allSatisfy { $0.contains("name") }, "\(faults)")
    }

    @Test func `two of one id are reported with both places`() {
        #expect(
            faults(Self.connector(), Self.connector()).first
                == "m.yaml:11:5: the connector tea-club stands here and at m.yaml:2:5")
    }

    @Test func `one that a later version ships stays, with a warning`() throws {
        let directory = try Self.applied([Self.connector(id: "tea")])
        let body = try #require(directory.newest(.connector, "tea")?.body)
        let shipped = try #require(ConnectorDefinition(document: DocumentNode(body), sink: DiagnosticSink()))
        let manifest = try Manifest(
            yaml: Self.connector(id: "tea", triggers: ["other"]), file: "m.yaml", variables: [:])
        let plan = try manifest.plan(
            against: directory, catalogue: Catalogue([shipped]), options: PlanFixtures.options())
        #expect(plan.summary == ["changed connector/tea"])
        #expect(
            plan.warnings.map(\.message).first?.hasPrefix("this version of Sluice ships a connector tea")
                == true)
    }

    // MARK: Changes

    @Test func `what a workflow uses can't be taken out, and the plan names the workflow`() throws {
        let directory = try Self.applied()
        let trigger = faults(Self.connector(triggers: ["left"]), against: directory)
        #expect(
            trigger == [
                "m.yaml:2:5: a workflow of the registry would not fit tea-club any more: gift (trigger: there is no "
                    + "trigger tea-club/joined; tea-club has left); change or delete them first, or along with it"
            ])
        let action = faults(Self.connector(actions: ["other"]), against: directory)
        #expect(
            action.first?.contains("gift (steps[0].action: there is no action tea-club/send-gift") == true)
        let input = faults(
            Self.connector(fields: "[{ key: box, type: email, required: true }]"), against: directory)
        #expect(
            input.first?.contains("gift (steps[0].inputs.gift: tea-club/send-gift has no such input") == true)
        // What nobody uses may go.
        #expect(
            try PlanFixtures.plan(Self.connector(triggers: ["joined"]), against: directory).changes.count == 1
        )
    }

    @Test func `a workflow that changes along with it, or is pruned, is in nobody's way`() throws {
        let directory = try Self.applied()
        let changed = try PlanFixtures.plan(
            Self.connector(triggers: ["left"]), Self.workflow(trigger: "tea-club/left"), against: directory)
        #expect(changed.summary == ["changed connector/tea-club", "changed workflow/gift"])
        let pruned = try PlanFixtures.plan(
            Self.connector(triggers: ["left"]), Self.workflow("other", trigger: "tea-club/left"),
            against: directory, options: PlanFixtures.options(prunes: true))
        #expect(
            pruned.summary == [
                "changed connector/tea-club", "created workflow/other", "deleted workflow/gift",
            ])
    }

    // MARK: Pruning

    @Test func `one that is used is kept, and a warning says by whom`() throws {
        let directory = try Self.applied()
        let plan = try PlanFixtures.plan(
            Self.connector(id: "other"), against: directory, options: PlanFixtures.options(prunes: true))
        #expect(plan.summary == ["created connector/other"])
        #expect(
            plan.warnings.map(\.message) == [
                "the connector tea-club is kept: it is used by the workflow gift, the connection tea-club@*, "
                    + "the store a.example"
            ])
    }

    @Test func `one that nothing uses any more is deleted, behind what used it`() throws {
        let directory = try Self.applied()
        let plan = try PlanFixtures.plan(
            Self.connector(id: "other"),
            Self.workflow("stays", trigger: "loyaltylion/moved-up-tier")
                .replacing("tea-club/send-gift", with: "loyaltylion/change-tier")
                .replacing("gift: Tea", with: "customer_id: 1, tierId: gold"),
            Self.connection.replacing("tea-club", with: "loyaltylion"),
            "kind: store\ndomain: a.example\napps: [loyaltylion]", against: directory,
            options: PlanFixtures.options(prunes: true))
        #expect(plan.items(.deleted).map(\.id) == ["tea-club@*", "gift", "tea-club"])
        let deletion = try #require(plan.changes.last)
        #expect(deletion.id == "tea-club")
        #expect(deletion.needs == ["workflow/gift", "connection/tea-club@*", "store/a.example"])
        #expect(PlanFixtures.directory(plan, on: directory).connectors.keys.sorted() == ["other"])
    }

    @Test func `a manifest without connectors deletes none`() throws {
        let directory = try Self.applied([Self.connector()])
        let plan = try PlanFixtures.plan(
            Self.store.replacing("tea-club, ", with: ""), against: directory,
            options: PlanFixtures.options(prunes: true))
        #expect(plan.items(.deleted).isEmpty)
    }
}
