import Testing

@testable import Liquid

@Suite struct ListFilterTests {
    private static let products: [String: Value] = [
        "products": [
            ["title": "Tee", "price": 3, "tags": ["a", "b"]],
            ["title": "Cup", "price": 1.5, "tags": ["b"], "sold": true],
            ["title": "Bag", "price": nil, "sold": false],
        ],
        "n": [3, 1, nil, 2.5, 1],
    ]

    @Test(arguments: [
        Row("{{ 'a,b,,' | split: ',' | join: '|' }}", "a|b"),
        Row("{{ ' a  b ' | split: ' ' | join: '|' }}", "a|b"),
        Row("{{ 'ab' | split: '' | join }}", "a b"),
        Row("{{ n | first }} {{ n | last }} {{ n | size }}", "3 1 5"),
        Row("{{ n | sort | join: ' ' }}", "1 1 2.5 3 "),
        Row("{{ n | uniq | join: ' ' }}", "3 1  2.5"),
        Row("{{ n | compact | reverse | join: ' ' }}", "1 2.5 1 3"),
        Row("{{ n | slice: 1, 2 | join: ' ' }}|{{ n | slice: -1 }}|{{ n | slice: 9 }}", "1 |1|"),
        Row("{{ n | concat: n | size }}", "10"),
        Row("{{ products | map: 'title' | join: ' ' }}", "Tee Cup Bag"),
        Row("{{ products | map: 'tags' | join: ' ' }}", "a b b "),
        Row("{{ products | sort: 'price' | map: 'title' | join: ' ' }}", "Cup Tee Bag"),
        Row("{{ products | where: 'sold' | map: 'title' }}", "Cup"),
        Row("{{ products | where: 'price', 3.0 | map: 'title' }}", "Tee"),
        Row("{{ products | where: 'sold', false | map: 'title' }}", "Bag"),
        Row("{{ products | compact: 'price' | size }}{{ products | uniq: 'none' | size }}", "21"),
        Row("{{ nothing | default: 'x' }}{{ '' | default: 'y' }}{{ 0 | default: 'z' }}", "xy0"),
        Row("{{ false | default: 1 }}{{ false | default: 1, allow_false: true }}", "1false"),
        Row("{{ 5 | size }}{{ nothing | first }}{{ nothing | sort | size }}", "00"),
        Row(
            "{{ n | concat: 1 }}", "line 1, column 8: `concat` of an integer; give it a list"),
        Row(
            "{{ n | map: 'a' }}",
            "line 1, column 8: an integer in the list has no property `a`; use it on a list of objects"),
        Row(
            "{{ 'a' | split: '' | concat: n | sort }}",
            "line 1, column 34: `sort` can't compare what is in the list; sort only numbers or only strings"),
        Row(
            "{{ 'ab' | slice: 1.5 }}",
            "line 1, column 11: a decimal where a whole number is needed; give a number without a fraction"),
    ]) func `lists are taken apart and put together`(row: Row) {
        #expect(outcome(row.source, Self.products) == row.text)
    }
}
