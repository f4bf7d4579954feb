import Flow
import Liquid
import Registry
import Testing

@Suite("Examples") struct ExamplesTests {
    private func plan(_ variables: [String: String] = [:]) throws -> ApplyPlan {
        let options = ManifestOptions(
            environment: ["SLUICE_EXAMPLE_SECRET": "example-example-example"],
            secretBox: try SecretBox(keys: PlanFixtures.keys))
        let manifest = try Manifest.load(paths: [TestCatalogue.root + "/Examples"], variables: variables)
        return try manifest.plan(against: Directory(), catalogue: TestCatalogue.load(), options: options)
    }

    private static func actions(_ steps: [PlacedStep]) -> [ActionReference] {
        steps.flatMap { placed -> [ActionReference] in
            switch placed.step.kind {
            case .action(let action, _): [action]
            case .branch(_, let then, let otherwise): actions(then + otherwise)
            case .wait: []
            }
        }
    }

    @Test func `they can be applied as they are`() throws {
        let plan = try plan()
        #expect(plan.warnings.isEmpty, "\(plan.warnings)")
        #expect(plan.items(.created).count == plan.items.count)
        let directory = PlanFixtures.directory(plan)
        #expect(directory.stores.count == 3)
        #expect(directory.workflows.count == plan.items.filter { $0.kind == .workflow }.count)
    }

    @Test func `the mock vendor's place can be given`() throws {
        let directory = PlanFixtures.directory(try plan(["MOCK_VENDOR": "http://127.0.0.1:4242"]))
        #expect(directory.connections["slack@*"]?.api.base == "http://127.0.0.1:4242/api/slack")
        #expect(
            PlanFixtures.directory(try plan()).connections["slack@*"]?.api.base
                == "http://127.0.0.1:9090/api/slack")
    }

    @Test func `they use every trigger and every action of the catalogue`() throws {
        let catalogue = try TestCatalogue.load()
        let workflows = PlanFixtures.directory(try plan()).workflows.values.map(\.workflow)
        let triggers = Set(workflows.map(\.trigger.description))
        let actions = Set(workflows.flatMap { Self.actions($0.steps) }.map(\.description))
        let allTriggers = Set(
            catalogue.connectors.flatMap { app in app.triggers.map { "\(app.id)/\($0.handle)" } })
        let allActions = Set(
            catalogue.connectors.flatMap { app in app.actions.map { "\(app.id)/\($0.handle)" } })
        #expect(allTriggers.count == 60)
        #expect(allActions.count == 42)
        #expect(allTriggers.subtracting(triggers).sorted() == [])
        #expect(allActions.subtracting(actions).sorted() == [])
    }

    @Test func `every connector with actions has a connection`() throws {
        let connections = PlanFixtures.directory(try plan()).connections
        let needed = try TestCatalogue.load().connectors.filter { !$0.actions.isEmpty }.map { "\($0.id)@*" }
        #expect(Set(needed) == Set(connections.keys))
    }

    @Test func `one store misses an app, and its skip is visible`() throws {
        let directory = PlanFixtures.directory(try plan())
        let trigger = TriggerReference(connector: "parcel-panel", handle: "order-status-updated")
        let report = Self.match(trigger, payload: .object([:]), store: "tea-corner.myshopify.com", directory)
            .report
        #expect(report.skipped.map(\.reason) == [.connectorNotInstalled("klaviyo")])
        #expect(report.started.map(\.workflow) == ["parcel-log"])
    }

    /// Runs every trigger through its workflows to their ends: whatever the sample, each step's inputs are valid.
    @Test(arguments: 0..<20) func `samples of every trigger run to the end with valid inputs`(_ seed: UInt64)
        throws
    {
        let catalogue = try TestCatalogue.load()
        let directory = PlanFixtures.directory(try plan())
        var generator = SeededGenerator(seed: seed)
        var done: Set<String> = []
        for connector in catalogue.connectors {
            for definition in connector.triggers {
                let payload = SamplePayload.make(
                    for: definition, types: connector.types, using: &generator, at: "2026-11-24T09:30:00Z")
                let trigger = TriggerReference(connector: connector.id, handle: definition.handle)
                let matching = Self.match(
                    trigger, payload: payload, store: "tea-house.myshopify.com", directory)
                #expect(!matching.actions.isEmpty, "\(trigger) started nothing: \(matching.ends)")
                for action in matching.actions {
                    done.formUnion(try Self.walk(action.run, catalogue).map(\.description))
                }
            }
        }
        #expect(done.count == 42, "only \(done.sorted())")
    }

    private static func match(
        _ trigger: TriggerReference, payload: JSON, store: String, _ directory: Directory
    ) -> Matching {
        let identity = EventIdentity(source: trigger.connector, store: store, id: "e1", trigger: trigger)
        return Matching.match(
            TriggerEvent(identity: identity, payload: payload),
            at: RecordPlace(topic: "t", partition: 0, offset: 0), in: directory)
    }

    /// The actions of a run, each checked against its definition.
    private static func walk(_ run: ActionRun, _ catalogue: Catalogue) throws -> [ActionReference] {
        var done = [run.action]
        try check(run.action, run.properties, run, catalogue)
        var next = run.slip.next(after: run.stepID, returned: nil)
        while case .action(let rendered, _) = next {
            try check(rendered.action, rendered.properties, run, catalogue)
            done.append(rendered.action)
            next = rendered.slip.next(after: rendered.stepID, returned: nil)
        }
        #expect(next == .end, "\(run.workflowRun.workflow): \(next)")
        return done
    }

    private static func check(
        _ action: ActionReference, _ properties: [String: JSON], _ run: ActionRun, _ catalogue: Catalogue
    ) throws {
        let problems = try #require(catalogue.action(action)).validate(properties)
        #expect(problems.isEmpty, "\(run.workflowRun.workflow), \(action): \(problems)")
    }
}
