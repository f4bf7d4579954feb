import Flow
import Liquid
import Logging
import Pipeline
import Testing

@testable import sluice

/// Tables, JSON, progress and log lines.
@Suite struct OutputTests {
    @Test func `columns are as wide as their widest cell, and lines end with text`() {
        let table = TextTable(["ID", "NAME", "N"], rows: [["a", "", "1"], ["long", "x", ""]])
        #expect(table.text() == "ID    NAME  N\na           1\nlong  x")
    }

    @Test func `wide characters take two columns and combining marks none`() {
        #expect(TextWidth.of("茶") == 2)
        #expect(TextWidth.of("🍵") == 2)
        #expect(TextWidth.of("e\u{301}") == 1)
        #expect(TextTable(["A", "B"], rows: [["茶", "x"]]).text() == "A   B\n茶  x")
    }

    @Test func `a cell can neither break a line nor steer the terminal`() {
        let table = TextTable(["A", "B"], rows: [["x\ny", "\u{1B}[31mred\u{202E}"]])
        #expect(table.text().split(separator: "\n").count == 2)
        #expect(!table.text().contains("\u{1B}"))
        #expect(!table.text().contains("\u{202E}"))
    }

    @Test func `what others have named steers no terminal, in text, errors and JSON`() throws {
        let nasty = "a\u{9B}31m\u{1B}]0;x\u{7}\u{202E}b\n"
        let event = EventIdentity(
            source: "okendo", store: nasty, id: nasty,
            trigger: TriggerReference(connector: "okendo", handle: "review"))
        let report = ErrorReport(code: .failed, what: nasty, place: nasty, remedy: nasty, details: [nasty])
        let value: JSON = [nasty: .string(nasty)]
        for text in [
            WatchLine.text(.unusable(event, reason: nasty)), report.text, report.json, value.prettyText,
        ] {
            let found = text.unicodeScalars.filter {
                $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202E}"
            }
            #expect(found.isEmpty, "\(text.debugDescription)")
        }
        #expect(try JSONParser.parse(value.prettyText) == value)
        #expect(!WatchLine.text(.unusable(event, reason: nasty)).contains("\n"))
    }

    @Test func `a narrow terminal shows every column, and what names the row in full`() {
        let table = TextTable(
            ["ID", "OWNER", "STATE", "NOTE"],
            rows: [
                ["a-rather-long-id", "organization tea-group", "enabled", "x"], ["b", "c", "disabled", ""],
            ])
        #expect(
            table.text(width: 42) == """
                ID                OWNER     STATE     NOTE
                a-rather-long-id  organiz…  enabled   x
                b                 c         disabled
                """)
        // At the least of all the terminal breaks the lines; nothing is dropped.
        #expect(table.text(width: 5).contains("a-rather-long-id  organiz…  enabled   x"))
        let spared = TextTable(["ID", "RUN", "NOTE"], rows: [["a", "0123456789", "b"]], spare: ["RUN"])
        #expect(spared.text(width: 10) == "ID  NOTE\na   b")
        #expect(spared.text(width: 80).contains("0123456789"))
    }

    @Test func `where a row is too long even so, its last word stands below it`() {
        let table = TextTable(
            ["ID", "RUN", "NOTE"], rows: [["a", "0123", "a long reason"], ["b", "", ""]], spare: ["RUN"],
            below: "NOTE")
        #expect(table.text(width: 30) == table.text())
        #expect(table.text(width: 17) == "ID  NOTE\na   a long reason\nb")
        #expect(table.text(width: 12) == "ID  RUN\n  NOTE\na   0123\n  a long re…\nb")
        #expect(table.text(width: 6) == "ID\n  NOTE\na\n  a long …\nb")
    }

    @Test func `text is cut to a terminal's width, and only there`() {
        let table = TextTable(["A"], rows: [["0123456789"]])
        #expect(table.text(width: 5) == "A\n0123456789")
        #expect(TextWidth.cut("茶茶茶", to: 4) == "茶…")
        #expect(TextWidth.cut("abc", to: 3) == "abc")
        #expect(table.text() == "A\n0123456789")
    }

    @Test func `pretty JSON reads as the same value`() throws {
        let value: JSON = ["b": .array([1, .null, .array([]), ["x": "“y\"\n"]]), "a": .object([:])]
        #expect(try JSONParser.parse(value.prettyText) == value)
        #expect(JSON.object(["a": 1, "b": .array([])]).prettyText == "{\n  \"a\": 1,\n  \"b\": []\n}")
    }

    @Test func `a log line has time, level, message and metadata by key`() {
        let line = LogLine.text(
            milliseconds: 1_764_000_000_007, level: .info, message: "action attempted",
            metadata: ["b": "two words", "a": "1", "c": "say \"x\"\n"])
        #expect(
            line
                == "2025-11-24T16:00:00.007Z info     action attempted  a=1 b=\"two words\" c=\"say \\\"x\\\" \""
        )
    }

    @Test func `progress says how much, how fast and how long still`() {
        #expect(
            ProgressText.bar(done: 50, of: 100, "events", elapsed: .seconds(2))
                == "[###############               ] 50 of 100 events, 25 per second, 2 s left  ")
        #expect(
            ProgressText.line(done: 3, of: 4, "events", elapsed: .seconds(2))
                == "3 of 4 events, 1.5 per second")
        #expect(ProgressText.rateText(0, .zero) == "0.0 per second")
        #expect(ProgressText.duration(.milliseconds(1250)) == "1.3 s")
    }
}
