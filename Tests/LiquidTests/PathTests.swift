import Testing

@testable import Liquid

@Suite struct PathTests {
    private static let context: [String: Value] = [
        "trigger": [
            "order_id": 1042, "Review Title": "Great", "total": 12.5, "size": "XL", "is_new?": true,
            "items": [["title": "Tee"], ["title": "Cup"]], "key": "order_id", "at": 1, "first-name": "Ann",
        ],
        "list": [1, 2, 3], "empty_list": [], "name": "trigger", "_x": "u", "true_story": "t",
    ]

    @Test(arguments: [
        Row("{{ trigger.order_id }}", "1042"),
        Row("{{ trigger[\"Review Title\"] }}{{ trigger['order_id'] }}", "Great1042"),
        Row("{{trigger . total}} {{ trigger [ 'total' ] }}", "12.5 12.5"),
        Row("{{ list[0] }}{{ list[-1] }}{{ list[3] }}{{ list[-4] }}", "13"),
        Row("{{ list.size }}{{ list.first }}{{ list.last }}{{ empty_list.first }}", "313"),
        Row("{{ trigger.size }}{{ list['size'] }}{{ name.size }}", "XL7"),
        Row("{{ trigger.items[1].title }}{{ trigger.items[trigger.at].title }}", "CupCup"),
        Row("{{ trigger.items.first.title }}", "Tee"),
        Row("{{ trigger[trigger.key] }}{{ [name].order_id }}{{ ['list'][0] }}", "104210421"),
        Row("{{ trigger.first-name }}{{ trigger.is_new? }}{{ _x }}{{ true_story }}", "Anntrueut"),
        Row("[{{ none }}{{ none.of.this }}{{ trigger.order_id.deep }}{{ list.title }}{{ }}]", "[]"),
        Row("{{ trigger.items }}", "{\"title\"=>\"Tee\"}{\"title\"=>\"Cup\"}"),
        Row(
            "{{ o }}", "{\"a\"=>[1, nil, \"x\\\"\"], \"b\"=>{\"c\"=>1.0}}",
            ["o": ["b": ["c": 1.0], "a": [1, nil, "x\""]]]),
        Row(
            "{{ true }}{{ false }}{{ nil }}{{ empty }}{{ blank }}{{ 'a\"b' }}{{ -5 }}{{ 5.50 }}",
            "truefalsea\"b-55.5"),
        Row("{{ (1..3) }}{{ (1..3) | join: ',' }}{{ (3..1) | size }}", "1..31,2,30"),
    ]) func `paths and literals lead to values`(row: Row) {
        #expect(outcome(row.source, row.context.isEmpty ? Self.context : row.context) == row.text)
    }

    @Test func `the paths of a template are listed in order with their places`() throws {
        let template = try Template(
            """
            {{ trigger.id | append: store["Shop Name"] }}
            {% assign x = steps.one[0] %}{{ x.y }}{% for i in trigger.list limit: max %}{{ i.a }}{{ forloop.index }}\
            {% endfor %}{{ i }}{% if a == b[c.d] %}{% endif %}{{ ["e f"].g }}{{ [h] }}
            """)
        #expect(
            template.paths.map(\.description) == [
                "trigger.id", "store[\"Shop Name\"]", "steps.one[0]", "trigger.list", "max", "i", "a", "b[…]",
                "c.d",
                "e f.g", "h",
            ])
        #expect(template.paths.map(\.root).prefix(3) == ["trigger", "store", "steps"])
        #expect(template.paths[1].components == [.key("Shop Name")])
        #expect(template.paths[1].location == Location(line: 1, column: 25))
        #expect(template.paths[2].location == Location(line: 2, column: 15))
    }

    @Test func `a lone output keeps its type`() throws {
        let context = Self.context
        #expect(try Template("{{ trigger.order_id }}").evaluate(context) == 1042)
        #expect(try Template("{{- trigger.total | times: 2 -}}").evaluate(context) == 25.0)
        #expect(try Template("{{ list }}").evaluate(context) == [1, 2, 3])
        #expect(try Template("{{ none }}").evaluate(context) == nil)
        #expect(try Template("{{ true }}").evaluate(context) == true)
        #expect(try Template(" {{ trigger.order_id }}").evaluate(context) == " 1042")
        #expect(try Template("{{ list[0] }}{{ list[1] }}").evaluate(context) == "12")
        #expect(try Template("").evaluate(context) == "")
        #expect(try Template("{% if true %}{{ list[0] }}{% endif %}").evaluate(context) == "1")
    }

    @Test func `templates are equal when their sources are`() throws {
        let templates: Set<Template> = [
            try Template("{{ a }}"), try Template("{{ a }}"), try Template("{{ b }}"),
        ]
        #expect(templates.count == 2)
    }
}
