import Flow
import Liquid
import Testing

@Suite struct DocumentReaderTests {
    /// What `read` reported for a YAML document, in the order of the document.
    private func faults(_ yaml: String, _ read: (DocumentReader) -> Void) throws -> [String] {
        let sink = DiagnosticSink(file: "f.yaml")
        for document in try DocumentNode.parse(yaml: yaml) {
            read(DocumentReader(document, path: "", sink: sink))
        }
        let thrown = #expect(throws: Diagnostics.self) { try sink.throwIfAny() }
        return thrown?.items.map(\.description) ?? []
    }

    @Test func `members that nobody asked for are named with their place and what is allowed`() throws {
        let found = try faults("id: a\nnmae: x\n") { reader in
            _ = reader.string("id")
            _ = reader.optionalString("name")
            reader.finish()
        }
        #expect(found == ["f.yaml:2:1: nmae is unknown here; allowed: id, name"])
    }

    @Test func `each wrong kind is reported, and reading goes on`() throws {
        let yaml = """
            text: 5
            empty: ""
            flag: "yes"
            count: 11
            list: x
            words: [a, 1]
            map: [1]
            """
        let found = try faults(yaml) { reader in
            _ = reader.string("text")
            _ = reader.optionalString("empty")
            _ = reader.optionalBool("flag")
            _ = reader.optionalInteger("count", in: 1...10)
            _ = reader.list("list")
            #expect(reader.strings("words") == ["a"])
            reader.reader("map")?.finish()
            _ = reader.string("missing")
            reader.finish()
        }
        #expect(
            found == [
                "f.yaml:1:1: missing is missing",
                "f.yaml:1:7: text: text should stand here, not an integer (put it in quotes)",
                "f.yaml:2:8: empty is empty",
                "f.yaml:3:7: flag: true or false should stand here, not a string",
                "f.yaml:4:8: count: a whole number from 1 to 10 should stand here",
                "f.yaml:5:7: list: a list should stand here, not a string",
                "f.yaml:6:12: words[1]: text should stand here, not an integer",
                "f.yaml:7:6: map: a map should stand here, not a list",
            ])
    }

    @Test func `a document that is no map is reported once`() throws {
        #expect(
            try faults("- 1\n") { $0.finish() } == [
                "f.yaml:1:1: the document: a map should stand here, not a list"
            ]
        )
    }

    @Test func `a document without places is reported without them`() {
        let sink = DiagnosticSink()
        DocumentReader(DocumentNode(["x": 1]), path: "body", sink: sink).finish()
        #expect(sink.items.map(\.description) == ["body.x is unknown here; allowed: "])
    }

    @Test func `a document without places is the value that it was made of`() throws {
        let value: JSON = ["b": [1, ["c": nil]], "a": "x"]
        #expect(DocumentNode(value).value == value)
    }
}
