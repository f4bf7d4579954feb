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
        #expect(refusal(of: yaml)?.contains("too many or too deeply nested nodes") == true)
    }

    @Test func `nesting has a limit`() {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(refusal(of: deep)?.contains("too many or too deeply nested nodes") == true)
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
