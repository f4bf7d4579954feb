import Testing

@testable import Liquid

@Suite struct TemplateErrorTests {
    private static let supported = "supported tags: `assign`, `comment`, `for`, `if`, `raw`, `unless`"

    @Test(arguments: [
        Row("a {{ b", "line 1, column 3: `{{` is never closed; close it with `}}`"),
        Row("a\n{% if", "line 2, column 1: `{%` is never closed; close it with `%}`"),
        Row(
            "é{{ 'a }}",
            "line 1, column 5: a string is never closed; end it with the same quote that began it"),
        Row(
            "{% if a %}{% for b in c %}{% endfor %}",
            "line 1, column 4: `{% if %}` is never closed; close it with `{% endif %}`"),
        Row("{% raw %} {{", "line 1, column 4: `{% raw %}` is never closed; close it with `{% endraw %}`"),
        Row(
            "{% comment %}{% comment %}{% endcomment %}",
            "line 1, column 4: `{% comment %}` is never closed; close it with `{% endcomment %}`"),
        Row("\n\n  {% render 'x' %}", "line 3, column 6: unknown tag `render`; \(supported)"),
        Row("{% # note %}", "line 1, column 4: unknown tag `#`; \(supported)"),
        Row("{% %}", "line 1, column 4: a tag without a name; \(supported)"),
        Row(
            "{% endif %}",
            "line 1, column 4: `{% endif %}` doesn't belong to a block here; remove it, or open `{% if … %}` before it and close what was opened since"
        ),
        Row(
            "{% if a %}{% endfor %}{% endif %}",
            "line 1, column 14: `{% endfor %}` doesn't belong to a block here; remove it, or open `{% for … %}` before it and close what was opened since"
        ),
        Row("{{ a | upcas }}", "line 1, column 8: unknown filter `upcas`; did you mean `upcase`?"),
        Row("{{ a | divided }}", "line 1, column 8: unknown filter `divided`; did you mean `divided_by`?"),
        Row(
            "{{ a | append }}",
            "line 1, column 8: filter `append` takes 1 argument, not 0; write `| append: argument`, with commas between arguments"
        ),
        Row(
            "{{ a | upcase: 1 }}",
            "line 1, column 8: filter `upcase` takes 0 arguments, not 1; write `| upcase` without `:`"),
        Row(
            "{{ a | slice: 1, 2, 3 }}",
            "line 1, column 8: filter `slice` takes 1 to 2 arguments, not 3; write `| slice: argument`, with commas between arguments"
        ),
        Row(
            "{{ a | default: 1, allow: true }}",
            "line 1, column 20: filter `default` has no option `allow`; it has `allow_false`"),
        Row("{{ a | upcase: b: 1 }}", "line 1, column 16: filter `upcase` has no option `b`; it has none"),
        Row("{{ a b }}", "line 1, column 6: unexpected `b`; write it as `{{ path | filter: argument }}`"),
        Row("{{ a. }}", "line 1, column 7: unexpected the end; write it as `object.key`"),
        Row("{{ a[1 }}", "line 1, column 8: unexpected the end; write it as `object[\"key\"]`"),
        Row("{{ a.0 }}", "line 1, column 6: unexpected the number 0; write it as `object.key`"),
        Row(
            "{{ | upcase }}",
            "line 1, column 4: expected a value, found `|`; write a path, a \"string\", a number, true, false, nil, empty, blank or (1..5)"
        ),
        Row(
            "{{ a + 1 }}",
            "line 1, column 6: unexpected character `+`; names may hold letters, digits, `_` and `-`; other keys go in brackets: `trigger[\"my key\"]`"
        ),
        Row(
            "{{ a.é }}",
            "line 1, column 6: unexpected character `é`; names may hold letters, digits, `_` and `-`; other keys go in brackets: `trigger[\"my key\"]`"
        ),
        Row(
            "{% if a = b %}{% endif %}",
            "line 1, column 9: unexpected `=`; write it as `{% if value == value and value contains value %}`"
        ),
        Row(
            "{% if not a %}{% endif %}",
            "line 1, column 11: unexpected `a`; write it as `{% if value == value and value contains value %}`"
        ),
        Row(
            "{% for a b %}",
            "line 1, column 10: unexpected `b`; write it as `{% for item in list limit: 10 offset: 5 reversed %}`"
        ),
        Row(
            "{% assign a %}",
            "line 1, column 13: unexpected the end; write it as `{% assign name = value | filter %}`"),
    ]) func `a mistake is named with its place and a remedy`(row: Row) {
        #expect(outcome(row.source) == row.text)
    }

    @Test func `an unknown filter without a near name lists all filters`() throws {
        let error = try #require(throws: TemplateError.self) { try Template("{{ a | json }}") }
        #expect(error.message == "unknown filter `json`")
        #expect(error.remedy.hasPrefix("supported filters: abs, append, at_least"))
        #expect((error.line, error.column) == (1, 8))
    }

    @Test func `comparing a string with a number fails at its place`() {
        let text = "a string can't be compared with a number; make a number of the string first: `| plus: 0`"
        #expect(outcome("\n{% if '2' > 1 %}{% endif %}") == "line 2, column 7: \(text)")
    }
}
