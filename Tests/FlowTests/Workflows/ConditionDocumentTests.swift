import Flow
import Liquid
import Testing

@Suite struct ConditionDocumentTests {
    private func faults(_ yaml: String) throws -> [String] {
        let sink = DiagnosticSink(file: "w.yaml")
        let reader = DocumentReader(try Fixtures.document(yaml), path: "conditions", sink: sink)
        _ = Condition(reader)
        let thrown = #expect(throws: Diagnostics.self) { try sink.throwIfAny() }
        return thrown?.items.map(\.description) ?? []
    }

    @Test(arguments: [
        ("all:\n  - {connector: klaviyo, is: in-list}\n", "w.yaml:2:5: conditions.all[0]", "klaviyo"),
        ("not:\n  action: slack/send-message\n", "w.yaml:2:3: conditions.not", "slack/send-message"),
        (
            "any:\n  - not:\n      field: klaviyo/in-list\n      is: exists\n",
            "w.yaml:3:7: conditions.any[0].not", "klaviyo/in-list"
        ),
    ])
    func `a connector as a condition is refused with its line and column`(
        yaml: String, place: String, name: String
    ) throws {
        let found = try faults(yaml)
        let refusal =
            "\(place): a connector (\(name)) can't be a condition; connectors offer triggers and actions only."
        #expect(found.contains { $0.hasPrefix(refusal) }, "\(found)")
    }

    static let refused: [(String, String)] = [
        ("is: ==\nvalue: 1\n", "w.yaml:1:1: conditions.field is missing"),
        ("field: trigger.a\nvalue: 1\n", "w.yaml:1:1: conditions.is is missing"),
        ("field: trigger.a\nis: ==\n", "w.yaml:1:1: conditions.value is missing"),
        ("field: trigger.a\nis: any\n", "w.yaml:1:1: conditions.where is missing"),
        ("field: trigger.a\nis: in\nvalue: x\n", "w.yaml:3:8: conditions.value: in needs a list"),
        (
            "field: trigger.a\nis: equals\nvalue: 1\n",
            "w.yaml:2:5: conditions.is: “equals” is no operator; allowed: ==, !=, >, >=, <, <=, in, not_in, "
                + "starts_with, ends_with, includes, empty, exists, any, all, none"
        ),
        (
            "field: order.total\nis: exists\n",
            "w.yaml:1:8: conditions.field: “order.total” is no path; it begins with trigger, store or steps, "
                + "as in trigger.order_id"
        ),
        (
            "any:\n  - {field: item.count, is: exists}\n",
            "w.yaml:2:13: conditions.any[0].field: “item.count” is read only inside of a where, which goes over the "
                + "items of a list"
        ),
        ("all: trigger.a\n", "w.yaml:1:6: conditions.all: a list should stand here, not a string"),
        ("all: []\nany: []\n", "w.yaml:2:1: conditions.any is unknown here; allowed: all"),
        (
            "field: trigger.a\nis: exists\nvalue: 1\n",
            "w.yaml:3:1: conditions.value is unknown here; allowed: field, is"
        ),
        ("[]\n", "w.yaml:1:1: conditions: a map should stand here, not a list"),
    ]

    @Test(arguments: refused) func `each fault is named with its place`(yaml: String, message: String) throws
    {
        let found = try faults(yaml)
        #expect(found.contains(message), "\(found)")
    }

    @Test func `all faults of a condition are found at once`() throws {
        let found = try faults(
            """
            all:
              - {field: trigger.a, is: equals, value: 1}
              - {field: shop, is: exists}
              - {field: trigger.b, is: in, value: x}
            """)
        #expect(found.map { $0.prefix(11) }.filter { $0.hasPrefix("w.yaml:2:") }.count >= 1)
        #expect(found.contains { $0.hasPrefix("w.yaml:3:") })
        #expect(found.contains { $0.hasPrefix("w.yaml:4:") })
    }
}
