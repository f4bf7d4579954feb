import Testing

@testable import Liquid

@Suite struct TagTests {
    @Test(arguments: [
        Row("a {{- 1 }} b {{ 2 -}} c", "a1 b 2c"),
        Row("a\n {{- 'x' -}} \n\t b", "axb"),
        Row("{{-1-}}", "1"),
        Row(" {%- assign x = 1 -%} {{ x }} {%- comment -%} y {%- endcomment -%} z", "1z"),
        Row("{% if true -%}  a  {%- endif %} b", "a b"),
        Row("{{ 1 -}} {{ 2 }}", "12"),
        Row("{ } }} %} { {a}", "{ } }} %} { {a}"),
        Row("a {%- raw -%} {{ x }} {%- endraw -%} b", "a {{ x }} b"),
        Row("{% raw %}{% if %}{{{% endraw x %}{%endraw%}", "{% if %}{{{% endraw x %}"),
    ]) func `white space goes where a dash asks`(row: Row) {
        #expect(outcome(row.source) == row.text)
    }

    @Test(arguments: [
        Row("{% if a == 1 %}one{% elsif a == 2 %}two{% else %}more{% endif %}", "two", ["a": 2]),
        Row("{% unless a %}no{% else %}yes{% endunless %}", "yes", ["a": 0]),
        Row("{% if a != 1 and b contains 'x' or c %}1{% endif %}", "1", ["a": 2, "b": "axb"]),
        Row("{% if true or false and false %}1{% endif %}", "1"),
        Row("{% if false and false or true %}1{% endif %}", ""),
        Row("{% if 1 == 1.0 %}1{% endif %}{% if 1 <> 2 %}2{% endif %}{% if 2 >= 2 %}3{% endif %}", "123"),
        Row(
            "{% if nothing > 1 %}1{% endif %}{% if 'a' < 'b' %}2{% endif %}{% if a < a %}3{% endif %}", "2",
            ["a": []]),
        Row(
            "{% if a contains 2.0 %}1{% endif %}{% if o contains 'k' %}2{% endif %}", "12",
            ["a": [1, 2], "o": ["k": nil]]),
        Row(
            "{% if a == empty and '' == blank and '  ' == blank and nothing != empty %}1{% endif %}", "1",
            ["a": []]),
        Row("[{% if true %}\n {% assign x = 1 %} {% endif %}]{{ x }}", "[]1"),
        Row("[{% if true %}{% raw %} {% endraw %}{% endif %}]", "[ ]"),
    ]) func `conditions choose a branch`(row: Row) {
        #expect(outcome(row.source, row.context) == row.text)
    }

    @Test(arguments: [
        Row("{% for i in a %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}", "1,2,3"),
        Row("{% for i in a reversed limit: 2 %}{{ i }}{% endfor %}", "21"),
        Row("{% for i in a limit: 1 offset: 1 %}{{ i }}{% endfor %}", "2"),
        Row(
            "{% for i in a limit: 2 %}{{ i }}{% endfor %}-{% for i in a offset: continue %}{{ i }}{% endfor %}",
            "12-3"),
        Row("{% for i in nothing %}x{% else %}none{% endfor %}", "none"),
        Row(
            "{% for i in o %}{{ i[0] }}={{ i[1] }};{% endfor %}", "a=1;b=2;c=3;",
            ["o": ["c": 3, "a": 1, "b": 2]]),
        Row(
            "{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ j }} {% endfor %}{% endfor %}{{ j }}",
            "11 12 21 22 "),
        Row(
            "{% assign i = 9 %}{% for i in a %}{% assign s = s | append: i %}{% endfor %}{{ s }}{{ i }}",
            "1239"),
        Row(
            "{% for i in a limit: -1 %}{{ i }}{% endfor %}{% for i in a offset: 99 %}{{ i }}{% endfor %}", ""),
        Row("{% for i in 'text' %}{{ i }}{% endfor %}{% for i in 5 %}{{ i }}{% endfor %}", "text"),
    ]) func `loops go over lists, objects and ranges`(row: Row) {
        #expect(outcome(row.source, row.context.isEmpty ? ["a": [1, 2, 3]] : row.context) == row.text)
    }
}
