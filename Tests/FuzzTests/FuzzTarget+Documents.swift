import Flow
import Foundation
import Liquid
import MockVendor

@testable import Connectors
@testable import Registry

extension FuzzTarget {
    static let documents = [yaml, manifest, template, condition, script]

    /// A few levels of aliases within aliases: each more doubles what they stand for.
    private static let bomb = """
        a: &a [x, x]
        b: &b [*a, *a]
        c: &c [*b, *b]
        d: &d { e: *c, <<: { f: 1 } }
        g: [*d, *d]

        """

    private static let yaml = FuzzTarget(
        name: "yaml",
        samples: [
            FuzzInput(bomb),
            FuzzInput(
                "a: 1\nb: [x, 'y', \"z\\n\", 1.5, true, null, 2026-01-01]\nc:\n  d: |\n    text\n    more\n  e: >-\n    folded\n"
            ),
            FuzzInput("---\na: 0x1F\n---\n- !!str 5\n- ? complex\n  : key\n- 'it''s'\n...\n"),
            FuzzInput("kind: store # note\ndomain: tea-house.myshopify.com\napps: [slack, trello]\n"),
        ]
    ) { input in
        guard let documents = try? DocumentNode.parse(yaml: input.text) else { return false }
        // What stands for too much must have been refused: everything is walked through here.
        let text = documents.map(\.value.jsonText).joined()
        guard text.utf8.count < 64 << 20 else { throw FuzzViolation("a small document becomes a large one") }
        return true
    }

    private static let catalogue: Catalogue = (try? Catalogue.builtIn()) ?? Catalogue([])

    private static let examples: [FuzzInput] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../Examples")
        let names =
            ["stores.yaml", "connections.yaml"]
            + ["loyalty", "orders", "delivery", "service"].map { "workflows/\($0).yaml" }
        let texts = names.compactMap {
            try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }
        return texts.map { FuzzInput($0) }
    }()

    private static let manifest = FuzzTarget(name: "manifest", samples: examples) { input in
        let variables = ["MOCK_VENDOR": "http://127.0.0.1:9090", "SLUICE_EXAMPLE_SECRET": "s"]
        guard let manifest = try? Manifest(yaml: input.text, file: "f", variables: variables) else {
            return false
        }
        // Files are not for input from anywhere; all other faults are the plan's to find.
        let options = ManifestOptions(environment: variables, readsSecretFiles: false)
        _ = try? manifest.plan(against: Directory(), catalogue: catalogue, options: options)
        return true
    }

    private static let context: [String: JSON] = [
        "trigger": [
            "name": "ann", "Review Title": "Great", "id": 3, "tier": "Gold", "email": "",
            "searches": [["count": 11, "term": "tea"], ["count": 2, "term": .null]], "total": 10.5,
        ],
        "list": [2, 1, .null, "x", ["a": 1]], "a": 1, "b": "axb", "s": "to be or not", "d": .integer(.max),
        "store": ["domain": "tea-house.myshopify.com"], "steps": ["one": ["ts": "1"]],
    ]

    private static let template = FuzzTarget(
        name: "template",
        samples: [
            "Hello {{ trigger.name | default: 'you' | capitalize }}, {{- trigger['Review Title'] -}}!",
            "{% for i in list limit: 2 offset: 1 reversed %}{{ forloop.index }}{{ i | times: 2.5 }}{% else %}-{% endfor %}",
            "{% if a == 1 and b contains 'x' or c %}{% assign y = a | plus: 1 %}{{ y }}{% elsif d %}2{% else %}3{% endif %}",
            "{% unless trigger.id > 5 %}{% raw %}{{ x }}{% endraw %}{% comment %}{% nothing %}{% endcomment %}{% endunless %}",
            "{{ '2026-01-31T10:00:00Z' | date: '%Y-%m-%d %H:%M' }}{{ (1..5) | reverse | join: ', ' }}",
            "{{ list | sort | uniq | map: 'x' | where: 'a', 1 | concat: list | compact | first }}",
            "{{ s | split: ' ' | slice: 1, 2 | join | truncate: 5, '…' | url_encode | escape | replace: 'a', 'é' }}",
            "{{ -5 | abs | divided_by: 0.5 | modulo: 3 | round: 2 | at_least: 1 | at_most: 9 }}{{ list[list[0]].size }}",
            "{% case a %}{% when 1, 2 %}x{% else %}y{% endcase %}{% capture z %}{{ a }}{% endcapture %}{{ z }}",
        ].compactMap { (try? Template($0)) == nil ? nil : FuzzInput($0) }
    ) { input in
        guard let template = try? Template(input.text) else { return false }
        do {
            let first = try template.render(context)
            try expectSame(try template.render(context), first, "a rendered template")
            _ = try template.evaluate(context)
        } catch is RenderError {
            // Refused while it is rendered: too much work, or no number.
        }
        return true
    }

    private static let condition = FuzzTarget(
        name: "condition",
        samples: [
            FuzzInput(
                """
                all:
                  - { field: trigger.tier, is: ==, value: Gold }
                  - { field: trigger.searches, is: any, where: { field: item.count, is: ">", value: 10 } }
                  - not: { field: trigger.email, is: empty }
                """),
            FuzzInput(
                "any: [{ field: trigger.total, is: <=, value: '10.50' }, { field: trigger.id, is: exists }]"),
            FuzzInput("{ field: trigger.name, is: in, value: [ann, bob, 3, null] }"),
            FuzzInput("not: { field: trigger.name, is: starts_with, value: A }"),
        ]
    ) { input in
        guard let node = (try? DocumentNode.parse(yaml: input.text))?.first else { return false }
        let sink = DiagnosticSink()
        guard let condition = Condition(DocumentReader(node, path: "conditions", sink: sink)),
            sink.items.isEmpty
        else { return false }
        var (work, again) = (ConditionWork(), ConditionWork())
        // Too much work is an answer, too.
        let holds = try? condition.holds(in: context, work: &work)
        try expectSame(try? condition.holds(in: context, work: &again), holds, "a condition's answer")
        return true
    }

    private static let script = FuzzTarget(
        name: "vendor script",
        samples: [
            FuzzInput(
                """
                seed: 11
                rules:
                  - { action: slack/send-message, share: 0.10, answers: [503, ok] }
                  - { action: slack/*, share: 0.02, answers: [html, close, ok] }
                  - { action: trello/create-card, answers: [{ status: 429, retry_after: 1 }, { slow_ms: 300, then: ok }] }

                """)
        ]
    ) { input in
        guard let script = try? VendorScript.parse(input.text) else { return false }
        for attempt in [1, 2, Int.max] {
            _ = script.answer(
                connector: "slack", handle: "send-message", store: "s", runID: "r", attempt: attempt)
        }
        return true
    }
}
