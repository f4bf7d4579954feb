import Flow
import Liquid
import Testing

/// The seed's matching rules, by their numbers in the design. Rules 2 and 6 are decided when documents are applied and
/// tested there; 7 and 8 are tested with the conditions and the templates.
@Suite struct MatchingRulesTests {
    private static let store = """
        kind: store
        domain: tea-house.myshopify.com
        organization: tea-group
        apps: [loyaltylion, slack]
        """

    private static func store(_ domain: String, organization: String = "tea-group", _ more: String) -> String
    {
        "kind: store\ndomain: \(domain)\norganization: \(organization)\n\(more)\n"
    }

    private static func workflow(
        _ id: String, owner: String = "organization: tea-group", _ more: String = steps
    )
        -> String
    {
        "kind: workflow\nid: \(id)\n\(owner)\ntrigger: loyaltylion/moved-up-tier\n\(more)\n"
    }

    private static let steps =
        "steps: [{action: slack/send-message, inputs: {text: 'Hi {{ trigger.name }}'}}]"

    private func directory(_ documents: String...) throws -> Directory {
        try Fixtures.directory(documents.joined(separator: "\n---\n"))
    }

    @Test func `rule 1: the trigger's notification starts the workflow, and its action is told to the app`()
        throws
    {
        let directory = try directory(Self.store, Self.workflow("welcome"))
        let matching = Fixtures.match(Fixtures.event(["name": "Ada", "customer_id": 7]), in: directory)
        #expect(matching.report.started.map(\.workflow) == ["welcome"])
        #expect(matching.report.skipped.isEmpty)
        #expect(matching.ends.isEmpty)
        let (run, delay) = try #require(matching.actions.first)
        #expect(matching.actions.count == 1)
        #expect(delay == .zero)
        #expect(run.action == ActionReference(connector: "slack", handle: "send-message"))
        #expect(run.properties == ["text": "Hi Ada"])
        #expect(run.workflowRun.id == matching.report.started.first?.run)
        #expect(run.workflowRun.event == Fixtures.event().identity)
        #expect(run.slip == .end)
    }

    @Test func `rule 1: another trigger of the same connector starts nothing`() throws {
        let directory = try directory(Self.store, Self.workflow("welcome"))
        var event = Fixtures.event()
        event.identity.trigger = TriggerReference(connector: "loyaltylion", handle: "points-spent")
        let matching = Fixtures.match(event, in: directory)
        #expect(matching.report.started.isEmpty && matching.report.skipped.isEmpty)
        #expect(matching.report.refused == nil)
    }

    @Test func `rule 1: a connector as a condition is refused with its line`() throws {
        let (_, faults) = try Fixtures.read(
            Self.workflow("w", "conditions:\n  connector: klaviyo\n\(Self.steps)"))
        #expect(
            faults.contains {
                $0.hasPrefix("w.yaml:6:3: conditions: a connector (klaviyo) can't be a condition")
            },
            "\(faults)")
    }

    @Test func `rule 3: a workflow runs only where every connector is installed, and the skip is visible`()
        throws
    {
        let steps = """
            steps:
              - action: slack/send-message
              - if: {field: trigger.never, is: exists}
                then: [{action: klaviyo/track}]
            """
        var directory = try directory(Self.store, Self.workflow("welcome", steps))
        let matching = Fixtures.match(in: directory)
        #expect(matching.report.started.isEmpty)
        #expect(matching.actions.isEmpty)
        #expect(
            matching.report.skipped
                == [.init(workflow: "welcome", version: 1, reason: .connectorNotInstalled("klaviyo"))])
        #expect(matching.report.skipped.first?.reason.description == "connector-not-installed (klaviyo)")
        let installed = Self.store(Fixtures.store, "apps: [loyaltylion, slack, klaviyo]")
        try Fixtures.put(installed, version: 2, in: &directory)
        #expect(Fixtures.match(in: directory).report.started.count == 1)
    }

    @Test func `rule 3: the trigger's own connector counts, too`() throws {
        let directory = try directory(
            Self.store(Fixtures.store, "apps: [slack]"), Self.workflow("welcome"))
        #expect(
            Fixtures.match(in: directory).report.skipped.map(\.reason) == [
                .connectorNotInstalled("loyaltylion")
            ])
    }

    @Test func `rule 4: an organization's workflow applies to all its stores, each under rule 3`() throws {
        let directory = try directory(
            Self.store, Self.store("second", "apps: [loyaltylion, slack]"),
            Self.store("bare", "apps: [loyaltylion]"),
            Self.store("stranger", organization: "others", "apps: [loyaltylion, slack]"),
            Self.workflow("welcome"), Self.workflow("own", owner: "store: second"))
        func started(_ store: String) -> [String] {
            Fixtures.match(Fixtures.event(store: store), in: directory).report.started.map(\.workflow)
        }
        #expect(started(Fixtures.store) == ["welcome"])
        #expect(started("second") == ["own", "welcome"])
        #expect(started("bare") == [])
        #expect(started("stranger") == [])
        #expect(
            Fixtures.match(Fixtures.event(store: "bare"), in: directory).report.skipped.map(\.reason)
                == [.connectorNotInstalled("slack")])
    }

    @Test func `rule 5: without Sluice in the store its workflows are inactive there, and come back with it`()
        throws
    {
        var directory = try directory(
            Self.store, Self.store("second", "apps: [loyaltylion, slack]"), Self.workflow("welcome"))
        try Fixtures.put(
            Self.store(Fixtures.store, "apps: [loyaltylion, slack]\nsluice_installed: false"), version: 2,
            in: &directory)
        let matching = Fixtures.match(in: directory)
        #expect(matching.report.skipped.map(\.reason) == [.sluiceNotInstalled])
        #expect(matching.actions.isEmpty)
        #expect(Fixtures.match(Fixtures.event(store: "second"), in: directory).actions.count == 1)
        try Fixtures.put(Self.store, version: 3, in: &directory)
        #expect(Fixtures.match(in: directory).actions.count == 1)
    }

    @Test
    func `rule 9: the current version applies, is written into the run, and the run keeps it to its end`()
        throws
    {
        func version(_ text: String) -> String {
            Self.workflow(
                "welcome",
                "steps:\n  - {id: a, action: slack/send-message}\n"
                    + "  - {id: b, action: slack/send-message, inputs: {text: \(text)}}")
        }
        var directory = try directory(Self.store, version("old"))
        let old = Fixtures.match(in: directory)
        try Fixtures.put(version("new"), version: 2, in: &directory)
        let new = Fixtures.match(in: directory)
        #expect(old.report.started.map(\.version) == [1])
        #expect(new.report.started.map(\.version) == [2])
        for (matching, number, text) in [(old, 1, "old"), (new, 2, "new")] {
            let run = try ActionRun(try #require(matching.actions.first).run.record(Topics()))
            #expect(run.workflowRun.version == number)
            guard case .action(let second, _) = run.slip.next(after: "a", returned: nil) else {
                Issue.record("no second step")
                return
            }
            #expect(second.properties == ["text": .string(text)])
        }
    }

    @Test func `rule 10: a workflow whose template fails ends its own run and harms no other`() throws {
        let directory = try directory(
            Self.store, Self.workflow("a-good"), Self.workflow("z-good"),
            Self.workflow(
                "broken",
                "steps: [{id: sum, action: slack/send-message, inputs: {text: '{{ 1 | divided_by: trigger.zero }}'}}]"
            ))
        let matching = Fixtures.match(Fixtures.event(["zero": 0]), in: directory)
        #expect(matching.actions.map(\.run.workflowRun.workflow) == ["a-good", "z-good"])
        #expect(matching.report.started.map(\.workflow) == ["a-good", "broken", "z-good"])
        let end = try #require(matching.ends.first)
        #expect(matching.ends.count == 1)
        #expect(end.run.workflow == "broken")
        #expect(end.end == .rejected)
        #expect(end.reason?.hasPrefix("step sum: input text: ") == true)
    }
}
