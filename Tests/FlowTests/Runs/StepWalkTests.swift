import Flow
import Liquid
import Testing

@Suite struct StepWalkTests {
    private func steps(_ yaml: String) throws -> [PlacedStep] {
        try Fixtures.workflow("id: w\nstore: s\ntrigger: a/b\nsteps:\n\(yaml)").steps
    }

    /// The path of each action that a run does, waits in between as `+seconds`, and how it ends.
    private func walk(_ yaml: String, _ context: [String: JSON], returned: [String: JSON] = [:]) throws
        -> [String]
    {
        var seen: [String] = []
        var next = StepWalk.next(try steps(yaml), context: context)
        while true {
            switch next {
            case .action(let step, let delay):
                seen.append(step.stepPath + (delay > .zero ? "+\(delay.components.seconds)" : ""))
                next = step.slip.next(after: step.stepID, returned: returned[step.stepID])
            case .end: return seen + ["end"]
            case .failed(let step, let reason): return seen + ["failed \(step): \(reason)"]
            }
        }
    }

    private static let tree = """
          - {id: first, action: slack/a}
          - if: {field: steps.first.ok, is: ==, value: true}
            then:
              - {action: slack/b}
              - {wait: 10s}
              - if: {field: trigger.vip, is: exists}
                then: [{action: slack/c}]
            otherwise: [{action: slack/d}]
          - {wait: 5s}
          - {action: slack/e}

        """

    @Test func `the steps after a branch follow whichever side was taken`() throws {
        let vip: [String: JSON] = ["trigger": ["vip": 1]]
        #expect(
            try walk(Self.tree, vip, returned: ["first": ["ok": true]])
                == ["0", "1.then.0", "1.then.2.then.0+10", "3+5", "end"])
        #expect(
            try walk(Self.tree, [:], returned: ["first": ["ok": true]]) == ["0", "1.then.0", "3+15", "end"])
        #expect(
            try walk(Self.tree, vip, returned: ["first": ["ok": false]]) == [
                "0", "1.otherwise.0", "3+5", "end",
            ])
        #expect(try walk(Self.tree, vip) == ["0", "1.otherwise.0", "3+5", "end"])
    }

    @Test func `a later template reads what an earlier step returned`() throws {
        let placed = try steps(
            "  - {id: make, action: slack/a}\n  - {action: slack/b, inputs: {id: '{{ steps.make.id }}', fix: [1]}}\n"
        )
        guard case .action(let first, _) = StepWalk.next(placed, context: ["trigger": ["x": 1]]),
            case .action(let second, _) = first.slip.next(after: "make", returned: ["id": 12])
        else {
            Issue.record("no second step")
            return
        }
        #expect(second.properties == ["id": 12, "fix": [1]])
        #expect(second.slip == .end)
    }

    @Test func `a template that fails at a later step names the step and its input`() throws {
        let found = try walk(
            "  - {id: a, action: slack/a}\n  - {id: b, action: slack/b, inputs: {n: '{{ 1 | divided_by: 0 }}'}}\n",
            [:])
        #expect(found.count == 2 && found[1].hasPrefix("failed b: input n: line 1, column "), "\(found)")
    }

    @Test(
        arguments: [
            ["path": "1"], ["step": ["action": "slack/b"]], ["path": "1", "step": ["action": "nonsense"]],
            "x",
            ["path": "1", "step": ["action": "slack/b", "later": 1]],
        ] as [JSON])
    func `a slip that can't be read fails the run instead of leaving a step out`(item: JSON) {
        let good: JSON = ["path": "2", "step": ["action": "slack/c"]]
        let slip = RoutingSlip(rest: [item, good], context: [:])
        guard case .failed(let step, let reason) = slip.next(after: "a", returned: nil) else {
            Issue.record("the step was left out")
            return
        }
        #expect(step == "a")
        #expect(reason.hasPrefix("the steps that follow can't be read"))
    }
}
