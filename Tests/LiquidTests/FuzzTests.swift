import Testing

@testable import Liquid

/// Random damage to templates: whatever comes of it, it is a text or an error with a place, and it comes soon.
@Suite struct FuzzTests {
    private static let seeds = [
        "Hello {{ trigger.name | default: 'you' | capitalize }}, {{- trigger['Review Title'] -}}!",
        "{% for i in list limit: 2 offset: 1 reversed %}{{ forloop.index }}{{ i | times: 2.5 }}{% else %}-{% endfor %}",
        "{% if a == 1 and b contains 'x' or c %}{% assign y = a | plus: 1 %}{{ y }}{% elsif d %}2{% else %}3{% endif %}",
        "{% unless trigger.id > 5 %}{% raw %}{{ x }}{% endraw %}{% comment %}{% nothing %}{% endcomment %}{% endunless %}",
        "{{ '2026-01-31T10:00:00Z' | date: '%Y-%m-%d %H:%M' }}{{ (1..5) | reverse | join: ', ' }}",
        "{{ list | sort | uniq | map: 'x' | where: 'a', 1 | concat: list | compact | first }}",
        "{{ s | split: ' ' | slice: 1, 2 | join | truncate: 5, '…' | url_encode | escape | replace: 'a', 'é' }}",
        "{{ -5 | abs | divided_by: 0 | modulo: 3 | round: 2 | at_least: 1 | at_most: 9 }}{{ list[list[0]].size }}",
    ]
    private static let pieces = [
        "{{", "}}", "{%", "%}", "{%-", "-}}", "|", ":", ",", ".", "..", "[", "]", "(", ")", "'", "\"", " ",
        "\n", "\r\n",
        "-", "0", "99999999999999999999", "-1", "1.5", "é", "👩‍👩‍👧", "\0", "nil", "empty", "blank", "if", "endif",
        "for", "endfor",
        "else", "in", "raw", "endraw", "comment", "==", "<", "contains", "a", "list", "trigger", "forloop",
        "continue",
    ]
    private static let context: [String: Value] = [
        "trigger": ["name": "ann", "Review Title": "Great", "id": 3], "list": [2, 1, nil, "x", ["a": 1]],
        "a": 1, "b": "axb",
        "s": "to be or not", "d": .integer(.max), "é": .decimal(1e300),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 3, 4] as [UInt64])
    func `5,000 mutations neither crash nor hang nor lose their place`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let seeds = Self.seeds + (GoldenCase.all ?? []).map(\.template)
        for round in 0..<5_000 {
            var source = seeds.randomElement(using: &random) ?? ""
            for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&source, seeds, &random) }
            do {
                let template = try Template(source)
                let first = try template.render(Self.context)
                #expect(try template.render(Self.context) == first, "seed \(seed), round \(round): \(source)")
                _ = try template.evaluate(Self.context)
            } catch let error as TemplateError {
                #expect(
                    isInside(error.line, error.column, source),
                    "seed \(seed), round \(round): \(source)\n\(error)")
            } catch {
                #expect(error is RenderError, "seed \(seed), round \(round): \(source)")
            }
        }
    }

    /// Cuts a part out, doubles it, puts a piece in, or joins another template to it.
    private func mutate(_ source: inout String, _ seeds: [String], _ random: inout SeededGenerator) {
        var bytes = Array(source.utf8)
        let start = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 2, 3: bytes.insert(contentsOf: (Self.pieces.randomElement(using: &random) ?? "").utf8, at: start)
        default:
            bytes.insert(contentsOf: (seeds.randomElement(using: &random) ?? "").utf8.prefix(200), at: start)
        }
        source = String(decoding: bytes, as: UTF8.self)
    }

    private func isInside(_ line: Int, _ column: Int, _ source: String) -> Bool {
        let lines = source.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(line - 1) && (1...lines[line - 1].count + 1).contains(column)
    }
}
