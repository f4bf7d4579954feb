import Flow
import Liquid
import Testing

@Suite struct YAMLDocumentTests {
    private func parse(_ yaml: String) throws -> DocumentNode {
        let documents = try DocumentNode.parse(yaml: yaml, file: "f.yaml")
        try #require(documents.count == 1)
        return documents[0]
    }

    private func refusal(of yaml: String) -> String? {
        #expect(throws: Diagnostics.self) { try DocumentNode.parse(yaml: yaml, file: "f.yaml") }?.description
    }

    static let scalars: [(String, JSON)] = [
        ("null", nil), ("~", nil), ("Null", nil), ("", nil),
        ("true", true), ("False", false), ("yes", "yes"), ("no", "no"), ("on", "on"), ("y", "y"),
        ("0", 0), ("42", 42), ("-17", -17), ("9223372036854775807", .integer(.max)),
        ("1.0", .decimal(1)), ("-2.5", .decimal(-2.5)), ("1e3", .decimal(1000)), ("0.5", .decimal(0.5)),
        ("007", "007"), ("-007", "-007"), ("+5", "+5"), ("0x1F", "0x1F"), ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"), ("1.2.3", "1.2.3"), ("1e400", "1e400"), (".inf", ".inf"), (".nan", ".nan"),
        ("inf", "inf"), ("nan", "nan"),
        ("2026-11-23", "2026-11-23"), ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00Z"),
        ("\"5\"", "5"), ("'true'", "true"), ("\"\"", ""), ("!!str 5", "5"), ("tea house", "tea house"),
    ]

    @Test(arguments: scalars) func `a plain scalar is what it looks like and nothing more`(
        text: String, value: JSON
    ) throws {
        #expect(try parse("a: \(text)\n").value == ["a": value])
    }

    @Test func `every node knows its line and column`() throws {
        let document = try parse(
            """
            id: welcome
            steps:
              - action: slack/send-message
                inputs: {text: "Hi", n: 1}
              - wait: 1h
            """)
        func place(_ node: DocumentNode?) -> [Int?] { [node?.mark?.line, node?.mark?.column] }
        #expect(place(document["id"]) == [1, 5])
        #expect(place(document["steps"]) == [3, 3])
        guard case .list(let steps)? = document["steps"]?.content else {
            Issue.record("steps is no list")
            return
        }
        #expect(steps.map { place($0) } == [[3, 5], [5, 5]])
        #expect(place(steps[0]["inputs"]) == [4, 13])
        #expect(place(steps[0]["inputs"]?["text"]) == [4, 20])
        #expect(place(steps[1]["wait"]) == [5, 11])
        guard case .map(let members) = document.content else { return }
        #expect(members.map(\.name) == ["id", "steps"])
        #expect(members.map(\.nameMark) == [.init(line: 1, column: 1), .init(line: 2, column: 1)])
    }

    @Test func `several documents are read, empty ones left out`() throws {
        let documents = try DocumentNode.parse(yaml: "---\n---\na: 1\n---\n# nothing\n---\nb: 2\n")
        #expect(documents.map(\.value) == [["a": 1], ["b": 2]])
        #expect(documents.map(\.mark?.line) == [3, 7])
        #expect(try DocumentNode.parse(yaml: "").isEmpty)
    }

    @Test func `JSON is YAML`() throws {
        let text = #"{"a": [1, 2.5, "x", null, true], "b": {"c": "007"}}"#
        #expect(try parse(text).value == JSONParser.parse(text))
    }

    @Test func `an alias stands for its anchor's node`() throws {
        #expect(try parse("a: &x {n: 1}\nb: *x\n").value == ["a": ["n": 1], "b": ["n": 1]])
        #expect(refusal(of: "a: *x\n")?.hasPrefix("f.yaml:1:4: ") == true)
    }

    @Test(.timeLimit(.minutes(1))) func `a small file of nested aliases is refused instead of unfolded`() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(alias)]\n"
        }
        #expect(refusal(of: yaml)?.contains("more than 2000000 nodes") == true)
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "? *a30\n: x\n", "*a30 : x\n", "*a30: x\n", "b: {*a30 : x}\n", "[*a30]: x\n",
            "{a: *a30, b: 1} : x\n",
            "? - *a30\n: x\n", "? {\n  b: *a30 }\n: x\n", "b: [? *a30 : x]\n", "b: [?\n *a30 : x]\n",
            "- ? *a30\n",
            "b: x\u{2028}? *a30\n: x\n", "\u{85}? *a30\n: x\n",
        ])
    func `an alias in a member's name is refused before anything unfolds`(use: String) {
        var yaml = "- &a0 [x, x]\n"
        for level in 1...30 { yaml += "- &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let text = refusal(of: "\(yaml)---\n\(use)")
        #expect(text?.contains("an alias can't be a member's name") == true, "\(text ?? "")")
    }

    @Test func `texts with asterisks and question marks are no aliases`() throws {
        let text = "a: 'Is *Gold*: ok ? R&D'\nb: \"{{ x }}: *y\"\nc: |\n  ? *bold: &\n  really?\n"
        #expect(try parse(text).value["c"] == "? *bold: &\nreally?\n")
        let aliased = "a: &gold {n: 1}\nb: *gold\nc: 'why? *silver: {{ x }}: y'\nd: [*gold, 'a: b']\n"
        #expect(try parse(aliased).value["d"] == [["n": 1], "a: b"])
    }

    @Test func `a text that aliases repeat counts as often as it is repeated`() {
        let text = String(repeating: "x", count: 100_000)
        let uses = Array(repeating: "*t", count: 1_000).joined(separator: ", ")
        #expect(refusal(of: "t: &t \(text)\nuses: [\(uses)]\n")?.contains("too much text") == true)
    }

    @Test(arguments: ["!env FOO", "!env 'FOO'", "!secret {a: 1}", "!x [1]", "!!binary aGk=", "!!set {a, b}"])
    func `a tag is refused instead of read as text`(text: String) {
        let refusal = refusal(of: "a: \(text)\n")
        #expect(refusal?.hasPrefix("f.yaml:1:4: the tag ") == true, "\(refusal ?? "")")
    }

    @Test func `nesting has a limit, below that of the records it goes into`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(refusal(of: nested(200))?.contains("nested deeper than 48 levels") == true)
        let value = try parse("a: \(nested(48))").value
        let record = JSON.object(["format": 1, "body": ["steps": [["inputs": value]]]])
        #expect(try JSONParser.parse(record.jsonBytes) == record)
    }

    @Test func `a file beyond the size limit is refused before it is read`() {
        let text = String(repeating: "#", count: DocumentNode.sizeLimit + 1)
        #expect(refusal(of: text) == "f.yaml: larger than 16777216 bytes; split the file")
    }

    @Test func `text that is no YAML is refused with its place`() {
        #expect(refusal(of: "a: 1\nb: [1, 2\nc: 3\n")?.hasPrefix("f.yaml:3:") == true)
        #expect(refusal(of: "a: 1\n\tb: 2\n")?.hasPrefix("f.yaml:2:") == true)
    }

    @Test func `broken text after a good document is no silent end`() {
        #expect(refusal(of: "a: 1\n---\nb: [\n")?.hasPrefix("f.yaml:") == true)
    }

    @Test func `a member that stands twice is refused with its name`() {
        let text = refusal(of: "id: a\nname: x\nid: b\n")
        #expect(text?.contains("stands here twice: id") == true, "\(text ?? "")")
    }

    @Test func `a member's name must be text`() {
        #expect(refusal(of: "[1, 2]: x\n") == "f.yaml:1:1: a member's name must be text")
    }
}
