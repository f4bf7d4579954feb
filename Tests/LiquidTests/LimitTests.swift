import Testing

@testable import Liquid

/// Every limit ends in an error that names it, soon, whatever the template or the context is.
@Suite(.timeLimit(.minutes(5))) struct LimitTests {
    @Test func `a source is bounded`() {
        #expect(outcome(String(repeating: "a", count: 65_536)).count == 65_536)
        #expect(
            outcome(String(repeating: "a", count: 65_537))
                == "line 1, column 1: the template has 65537 bytes; 65536 are allowed; make it shorter")
    }

    @Test func `blocks nest 64 deep`() {
        let nested = { (depth: Int) in
            String(repeating: "{% if true %}", count: depth) + "x"
                + String(repeating: "{% endif %}", count: depth)
        }
        #expect(outcome(nested(64)) == "x")
        #expect(outcome(nested(65)).contains("nested deeper than 64 levels"))
        #expect(outcome(nested(2_000)).contains("nested deeper than 64 levels"))
    }

    @Test func `brackets and ranges nest 64 deep`() {
        let brackets = "{{ " + String(repeating: "a[", count: 20_000) + " }}"
        #expect(outcome(brackets).contains("nested deeper than 64 levels"))
        #expect(outcome("{{ " + String(repeating: "(", count: 60_000) + " }}").contains("nested deeper"))
    }

    @Test func `long conditions and paths need no stack`() {
        let condition = String(repeating: "a or ", count: 10_000)
        #expect(outcome("{% if \(condition) true %}x{% endif %}") == "x")
        #expect(outcome("{{ a" + String(repeating: ".a", count: 30_000) + " }}") == "")
        #expect(outcome("{{ a" + String(repeating: "[b]", count: 20_000) + " }}") == "")
    }

    @Test func `loops run 10,000 times together`() {
        let text = "the loops run more than 10000 times together; loop over less, or use `limit`"
        #expect(outcome("{% for i in (1..10000) %}{% endfor %}x") == "x")
        #expect(
            outcome("{% for i in (1..101) %}\n{% for j in (1..100) %}{% endfor %}{% endfor %}")
                == "line 2, column 4: \(text)")
        #expect(
            outcome("{% for i in a %}{% endfor %}", ["a": .array(Array(repeating: 1, count: 10_001))])
                .contains(text))
    }

    @Test func `ranges are bounded`() {
        #expect(outcome("{{ (1..10000) | size }}") == "10000")
        #expect(
            outcome("{{ (0..10000) | size }}")
                == "line 1, column 4: the range (0..10000) has more than 10000 numbers; take a smaller range")
        #expect(
            outcome("{{ (a..b) | size }}", ["a": .integer(.min), "b": .integer(.max)]).contains(
                "more than 10000"))
        #expect(outcome("{{ (a..a) | first }}", ["a": .integer(.max)]) == "9223372036854775807")
    }

    @Test(arguments: [
        "{{ a }}{{ a }}",
        "{{ a | append: a }}",
        "{{ a | replace: 'a', a }}",
        "{{ a | replace: '', 'bb' }}",
        "{{ a | escape | newline_to_br | append: a }}",
        "{{ a | split: 'b' | concat: list | join: a }}",
        "{% assign x = 'aa' %}{% for i in (1..10000) %}{% assign x = x | append: x %}{% endfor %}",
        "{{ '2026-01-01' | date: wide }}",
    ]) func `a text is bounded`(source: String) {
        let context: [String: Value] = [
            "a": .string(String(repeating: "a", count: 600_000)), "list": [1, 2, 3],
            "wide": .string(String(repeating: "%99d", count: 20_000)),
        ]
        #expect(outcome(source, context).contains("the text is longer than 1048576 bytes"))
    }

    @Test(arguments: [
        "{{ a | split: '' }}", "{{ a | split: 'a' }}",
        "{% assign x = list %}{% for i in (1..100) %}{% assign x = x | concat: x %}{% endfor %}",
    ]) func `a list is bounded`(source: String) {
        let context: [String: Value] = ["a": .string(String(repeating: "ab", count: 300_000)), "list": [1]]
        #expect(outcome(source, context).contains("the list has more than 100000 elements"))
    }

    @Test(arguments: [
        "{% for i in (1..10000) %}{{ a | upcase | size }}{% endfor %}",
        "{% for i in (1..10000) %}{% if a == b %}{% endif %}{% endfor %}",
        "{% for i in (1..10000) %}{% if a contains b %}{% endif %}{% endfor %}",
        "{% for i in (1..10000) %}{{ a.size }}{% endfor %}",
        "{% for i in (1..10000) %}{% for j in b limit: a %}{% endfor %}{{ [a] }}{{ c[b] }}{{ (a..b) }}{% endfor %}",
        "{% assign x = a | split: 'z' %}{% for i in (1..16) %}{% assign x = x | concat: x %}{% endfor %}{{ x | sort | uniq | size }}",
        "{% for i in (1..9999) %}\(String(repeating: "{{z}}", count: 1_000)){% endfor %}",
        "{% for i in (1..9999) %}{% if \(String(repeating: "z or ", count: 1_000)) z %}{% endif %}{% endfor %}",
        "{% for i in (1..9999) %}{% assign x = z\(String(repeating: ".z", count: 1_000)) %}{% endfor %}",
        String(repeating: "{% for i in (1..1) %}", count: 60)
            + "{% for j in (1..9000) %}\(String(repeating: "{{ forloop.z }}", count: 500)){% endfor %}"
            + String(repeating: "{% endfor %}", count: 60),
    ]) func `work is bounded`(source: String) {
        let context: [String: Value] = [
            "a": .string(String(repeating: "a", count: 500_000)),
            "b": .string(String(repeating: "a", count: 500_000)),
        ]
        #expect(outcome(source, context).contains("more work than a render may"))
    }

    @Test func `searching a text that repeats itself takes no longer`() {
        let context: [String: Value] = [
            "a": .string(String(repeating: "a", count: 1_000_000)),
            "b": .string(String(repeating: "a", count: 500_000) + "b"),
        ]
        #expect(
            outcome("{% if a contains b %}1{% else %}0{% endif %}{{ a | replace: b, '' | size }}", context)
                == "01000000")
    }

    @Test func `values that are nested too deep can't be printed`() {
        var list: Value = []
        var object: Value = [:]
        for _ in 0..<100 {
            list = .array([list])
            object = .object(["a": object])
        }
        #expect(outcome("{{ a }}", ["a": list]).contains("nested deeper than 64 levels"))
        #expect(outcome("{{ a }}", ["a": object]).contains("nested deeper than 64 levels"))
        #expect(outcome("{{ a | join }}", ["a": list]).contains("nested deeper than 64 levels"))
    }
}
