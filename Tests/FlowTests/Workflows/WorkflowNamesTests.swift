import Flow
import Liquid
import Testing

/// Names in templates and conditions that nothing will have put there.
@Suite struct WorkflowNamesTests {
    private static func found(_ rest: String) throws -> [String] {
        let text = FieldDefinition(
            key: "tierName", type: .singleLineText, isRequired: true, description: "", values: [],
            source: "author")
        let catalogue = Catalogue([
            ConnectorDefinition(
                id: "club", name: "Club", category: "test", notes: [],
                triggers: [
                    TriggerDefinition(
                        handle: "moved", title: "", description: "", constraints: [], fields: [text])
                ],
                actions: [
                    ActionDefinition(
                        handle: "tell", title: "", description: "", constraints: [], fields: [text])
                ])
        ])
        let yaml = "id: w\nstore: a.example\ntrigger: club/moved\n\(rest)"
        let node = try #require(try DocumentNode.parse(yaml: yaml).first)
        let reader = DocumentReader(node, path: "", sink: DiagnosticSink())
        let workflow = try #require(Workflow(reader, catalogue: catalogue))
        return workflow.doubtfulNames(in: catalogue)
    }

    private static func step(_ text: String, id: String = "a") -> String {
        "  - { id: \(id), action: club/tell, inputs: { tierName: \"\(text)\" } }\n"
    }

    @Test(arguments: [
        ("{{ trigger.tierName }} {{ store.domain }} {% assign x = 1 %}{{ x }}", nil),
        ("{{ trigger.tierNme }}", "trigger.tierNme: club/moved has no field tierNme; did you mean tierName?"),
        ("{{ shop.name }}", "shop.name: there is no shop"),
        ("{{ store.name }}", "store.name: a store has no name"),
        ("{{ steps.a.id }}", "steps.a.id: no step before it is called a"),
    ])
    func `what a template reads is known, or told`(template: String, says: String?) throws {
        let found = try Self.found("steps:\n\(Self.step(template))")
        if let says {
            #expect(found.count == 1)
            #expect(found.first?.contains(says) == true, "\(found)")
        } else {
            #expect(found.isEmpty, "\(found)")
        }
    }

    @Test func `conditions, the ordering key and steps of before are looked at, too`() throws {
        let found = try Self.found(
            """
            order_by: trigger.tirName
            conditions: { field: trigger.tier, is: "==", value: Gold }
            steps:
            \(Self.step("x", id: "first"))\(Self.step("{{ steps.first.id }}{{ steps.frst.id }}", id: "second"))
            """)
        #expect(found.count == 3)
        #expect(found.contains { $0.hasPrefix("conditions: trigger.tier:") })
        #expect(found.contains { $0.hasPrefix("order_by: trigger.tirName:") })
        #expect(found.contains { $0.hasPrefix("step second, tierName: steps.frst.id:") })
    }
}
