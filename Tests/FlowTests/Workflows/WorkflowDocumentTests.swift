import Flow
import Liquid
import Testing

@Suite struct WorkflowDocumentTests {
    /// A workflow with these steps, whose list begins in line 4.
    private static func workflow(steps: String) -> String {
        "id: w\nstore: s\ntrigger: loyaltylion/moved-up-tier\nsteps:\n" + steps
    }

    private static let step = "  - action: slack/send-message\n"

    @Test func `a whole workflow is read`() throws {
        let workflow = try Fixtures.workflow(
            """
            kind: workflow
            id: welcome
            organization: tea-group
            enabled: false
            trigger: loyaltylion/moved-up-tier
            order_by: trigger.order_id
            conditions: {field: trigger.tier, is: ==, value: Gold}
            steps:
              - id: hello
                action: slack/send-message
                inputs: {text: "Hi {{ trigger.name }}", n: 5}
              - wait: 2h
              - if: {field: steps.hello.ok, is: exists}
                then:
                  - action: tobi/send-sms
                otherwise:
                  - action: klaviyo/track
                  - action: slack/send-message
            """)
        #expect(workflow.id == "welcome")
        #expect(workflow.owner == .organization("tea-group"))
        #expect(!workflow.isEnabled)
        #expect(workflow.trigger == Fixtures.trigger)
        #expect(workflow.connectors == ["loyaltylion", "slack", "tobi", "klaviyo"])
        #expect(workflow.steps.map(\.path) == ["0", "1", "2"])
        #expect(workflow.steps.map(\.step.id) == ["hello", "step_1", "step_2"])
        #expect(workflow.steps[1].step.kind == .wait(.seconds(7200)))
        guard case .branch(_, let then, let otherwise) = workflow.steps[2].step.kind else {
            Issue.record("no branch")
            return
        }
        #expect(then.map(\.path) == ["2.then.0"])
        #expect(otherwise.map(\.path) == ["2.otherwise.0", "2.otherwise.1"])
        #expect(otherwise.map(\.step.id) == ["step_2_otherwise_0", "step_2_otherwise_1"])
    }

    static let refused: [(String, String)] = [
        ("store: s\ntrigger: a/b\nsteps:\n\(step)", "w.yaml:1:1: id is missing"),
        (
            "id: w\ntrigger: a/b\nsteps:\n\(step)",
            "w.yaml:1:1: a workflow has either store or organization as its owner"
        ),
        (
            "id: w\nstore: s\norganization: o\ntrigger: a/b\nsteps:\n\(step)",
            "w.yaml:1:1: a workflow has either store or organization as its owner"
        ),
        ("id: w\nstore: s\nsteps:\n\(step)", "w.yaml:1:1: trigger is missing"),
        (
            "id: w\nstore: s\ntrigger: moved-up\nsteps:\n\(step)",
            "w.yaml:3:10: trigger: “moved-up” should be connector/trigger, as in loyaltylion/moved-up-tier"
        ),
        ("id: w\nstore: s\ntrigger: a/b\n", "w.yaml:1:1: steps: at least one step should stand here"),
        (
            "id: w\nstore: s\ntrigger: a/b\nsteps: x\n",
            "w.yaml:4:8: steps: a list should stand here, not a string"
        ),
        (
            "id: w\nstore: s\ntrigger: a/b\nenabled: \"no\"\nsteps:\n\(step)",
            "w.yaml:4:10: enabled: true or false should stand here, not a string"
        ),
        (
            "id: w\nstore: s\ntrigger: a/b\norder_by: customer\nsteps:\n\(step)",
            "w.yaml:4:11: order_by: “customer” should be none or a field of the trigger, as in trigger.order_id"
        ),
        (
            "id: w\nstore: s\ntrigger: a/b\norder_by: steps.a.b\nsteps:\n\(step)",
            "w.yaml:4:11: order_by: “steps.a.b” should be none or a field of the trigger, as in trigger.order_id"
        ),
        (
            "id: w\nstore: s\ntrigger: a/b\nsteps:\n\(step)delay: 5\n",
            "w.yaml:6:1: delay is unknown here; allowed: conditions, enabled, id, kind, order_by, organization, "
                + "steps, store, trigger"
        ),
    ]

    @Test(arguments: refused) func `each fault of a workflow is named with its place`(
        yaml: String, message: String
    ) throws {
        let (_, found) = try Fixtures.read(yaml)
        #expect(found.contains(message), "\(found)")
    }

    static let refusedSteps: [(String, String)] = [
        ("  - id: a\n", "w.yaml:5:5: steps[0]: a step has one of action, if, wait"),
        ("  - x\n", "w.yaml:5:5: steps[0]: a map should stand here, not a string"),
        (
            "  - action: slack\n",
            "w.yaml:5:13: steps[0].action: “slack” should be connector/action, as in slack/send-message"
        ),
        (
            "\(step)    inputs: [a]\n", "w.yaml:6:13: steps[0].inputs: a map should stand here, not a list"
        ),
        ("\(step)    wait: 5m\n", "w.yaml:6:5: steps[0].wait is unknown here; allowed: action, id, inputs"),
        (
            "  - wait: soon\n",
            "w.yaml:5:11: steps[0].wait: “soon” should be a time like 30s, 10m, 2h or 3d, 90d at most"
        ),
        (
            "  - wait: 0s\n",
            "w.yaml:5:11: steps[0].wait: “0s” should be a time like 30s, 10m, 2h or 3d, 90d at most"
        ),
        (
            "  - wait: 91d\n",
            "w.yaml:5:11: steps[0].wait: “91d” should be a time like 30s, 10m, 2h or 3d, 90d at most"
        ),
        (
            "  - wait: 30\n",
            "w.yaml:5:11: steps[0].wait: text should stand here, not an integer (put it in quotes)"
        ),
        (
            "  - if: {field: trigger.a, is: exists}\n    then:\n      - action: nowhere\n",
            "w.yaml:7:17: steps[0].then[0].action: “nowhere” should be connector/action, as in slack/send-message"
        ),
        (
            "  - if: {field: trigger.a, is: exists}\n    else: []\n",
            "w.yaml:6:5: steps[0].else is unknown here; allowed: id, if, otherwise, then"
        ),
        (
            "  - if: {connector: klaviyo}\n    then: []\n",
            "w.yaml:5:9: steps[0].if: a connector (klaviyo) can't be a condition; connectors offer triggers and "
                + "actions only. Compare fields of the trigger instead: { field: trigger.…, is: ==, value: … }"
        ),
    ]

    @Test(arguments: refusedSteps) func `each fault of a step is named with its place`(
        steps: String, message: String
    ) throws {
        let (_, found) = try Fixtures.read(Self.workflow(steps: steps))
        #expect(found.contains(message), "\(found)")
    }

    @Test func `a template that can't be compiled is refused with the line and column in it`() throws {
        let (_, found) = try Fixtures.read(
            Self.workflow(
                steps:
                    "\(Self.step)    inputs:\n      good: \"{{ trigger.a }}\"\n      text: |\n        Hello\n"
                    + "        you {{ trigger.name | shout }}\n"))
        #expect(found.count == 1)
        let text = found.first ?? ""
        #expect(
            text.hasPrefix(
                "w.yaml:8:13: steps[0].inputs.text: the template can't be compiled: line 2, column "),
            "\(text)")
        #expect(text.contains("shout"))
    }

    @Test func `the ids of steps are unique, those of branches and given defaults included`() throws {
        for steps in [
            "\(Self.step)    id: a\n\(Self.step)    id: a\n",
            "\(Self.step)    id: step_1\n\(Self.step)",
            "\(Self.step)    id: a\n  - if: {field: trigger.a, is: exists}\n    then:\n      - {id: a, wait: 1s}\n",
        ] {
            let (_, found) = try Fixtures.read(Self.workflow(steps: steps))
            #expect(
                found.count == 1 && found[0].contains("stands here twice; each step needs its own"),
                "\(found)")
        }
    }

    @Test func `a workflow has at most 100 steps, those of branches included`() throws {
        let hundred = String(repeating: Self.step, count: 100)
        #expect(try Fixtures.read(Self.workflow(steps: hundred)).faults.isEmpty)
        let (_, found) = try Fixtures.read(
            Self.workflow(steps: hundred + "  - if: {field: trigger.a, is: exists}\n    then: []\n"))
        #expect(found == ["w.yaml:1:1: steps: 101 steps; at most 100"])
    }

    @Test func `branches nest 8 deep and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            var step = "{action: slack/send-message}"
            for _ in 0..<depth { step = "{if: {field: trigger.a, is: exists}, then: [\(step)]}" }
            return Self.workflow(steps: "  - \(step)\n")
        }
        #expect(try Fixtures.read(nested(8)).faults.isEmpty)
        let (_, found) = try Fixtures.read(nested(9))
        #expect(found.contains { $0.contains("branches within branches deeper than 8") }, "\(found)")
    }

    static let waits: [(String, Duration?)] = [
        ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("10m", .seconds(600)), ("2h", .seconds(7200)),
        ("3d", .seconds(259_200)), ("90d", .seconds(7_776_000)), ("", nil), ("5", nil), ("s", nil),
        ("-5s", nil),
        ("1.5h", nil), ("5 s", nil), ("5S", nil), ("5w", nil), ("1h30m", nil), ("٣s", nil),
        ("99999999999999999999s", nil), ("9223372036854775807d", nil),
    ]

    @Test(arguments: waits) func `a wait is a number and a unit`(text: String, duration: Duration?) {
        #expect(Duration(shortForm: text) == duration)
    }

    @Test func `milliseconds are rounded up, so a delay never gets shorter`() {
        #expect(Duration.microseconds(1).milliseconds == 1)
        #expect(Duration.microseconds(1001).milliseconds == 2)
        #expect(Duration.seconds(3).milliseconds == 3000)
        #expect(Duration.zero.milliseconds == 0)
    }

    @Test func `triggers, actions and inputs that the catalogue doesn't have are named with what it has`()
        throws
    {
        let connector = try #require(try CatalogueFixtures.read(CatalogueFixtures.yaml).connector)
        let catalogue = Catalogue([connector])
        func faults(_ trigger: String, _ step: String) throws -> [String] {
            try Fixtures.read(
                "id: w\nstore: s\ntrigger: \(trigger)\nsteps:\n  - \(step)\n", catalogue: catalogue
            )
            .faults
        }
        let good = "{action: tea-reviews/hide-review, inputs: {order_id: 1, text_1: x}}"
        #expect(try faults("tea-reviews/review-created", good).isEmpty)
        #expect(
            try faults("tea-reviews/gone", good)
                == [
                    "w.yaml:3:10: trigger: there is no trigger tea-reviews/gone; tea-reviews has review-created"
                ])
        #expect(
            try faults("tea/x", good) == [
                "w.yaml:3:10: trigger: there is no connector tea; did you mean tea-reviews?"
            ])
        #expect(
            try faults("tea-reviews/review-created", "{action: tea-reviews/gone}")
                == [
                    "w.yaml:5:14: steps[0].action: there is no action tea-reviews/gone; tea-reviews has hide-review"
                ])
        let inputs = try faults(
            "tea-reviews/review-created",
            "{action: tea-reviews/hide-review, inputs: {order_id: 1, colour: x}}")
        #expect(inputs.count == 2)
        #expect(
            inputs[0].hasPrefix(
                "w.yaml:5:47: steps[0].inputs.colour: tea-reviews/hide-review has no such input"), "\(inputs)"
        )
        #expect(
            inputs[1] == "w.yaml:5:47: steps[0].inputs.text_1 is missing; tea-reviews/hide-review needs it",
            "\(inputs)")
    }
}
