import ArgumentParser
import Connectors
import Flow
import Liquid
import Pipeline
import Testing

@testable import sluice

/// Dead letters as they are chosen and shown.
@Suite struct DeadTests {
    private static func entry(_ value: [UInt8]?, timestamp: Int64 = 5_000) -> DeadEntry {
        let letter = DeadLetter(
            connector: "slack", stage: .trigger, reason: "The payload is\nbad", store: "a.b",
            place: RecordPlace(topic: "sluice.triggers.slack", partition: 1, offset: 2),
            time: "2026-11-24T09:30:00Z",
            actionRun: nil, headers: [WireHeader(HeaderName.id, "e-1")], value: value)
        return DeadEntry(place: LetterPlace(partition: 3, offset: 4), timestamp: timestamp, letter: letter)
    }

    @Test func `a place, or the id of a run`() throws {
        #expect(try DeadName("3/4") == .place(LetterPlace(partition: 3, offset: 4)))
        let id = RunID.workflowRun(store: "s", source: "c", event: "e", workflow: "w")
        #expect(try DeadName(id.description) == .run(id))
        for text in ["3", "3/x", "-1/2", "", "1/2/3"] {
            #expect(throws: CommandError.self) { try DeadName(text) }
        }
    }

    @Test func `times are ages or dates`() throws {
        #expect(try PointInTime.parse("15m", now: 1_000_000) == 100_000)
        #expect(try PointInTime.parse("2h", now: 10_000_000) == 2_800_000)
        #expect(try PointInTime.parse("1970-01-02", now: 0) == 86_400_000)
        #expect(try PointInTime.parse("1970-01-01T00:00:01Z", now: 0) == 1_000)
        #expect(try PointInTime.parse("1970-01-01T01:30:01+01:30", now: 0) == 1_000)
        #expect(try PointInTime.parse("1970-01-01T00:00:01.5-00:30", now: 0) == 1_801_000)
        for text in [
            "", "x", "15", "m", "-3h", "2026-13-01", "1970-01-01T00:00:01+1:00", "1970-01-01T00:00:01+24:00",
            "1970-01-01T00:00:01 01:00",
        ] {
            #expect(throws: CommandError.self) { try PointInTime.parse(text, now: 0) }
        }
    }

    @Test func `any bytes can be shown`() throws {
        #expect(Self.entry(Array("{\"a\":1}".utf8)).fullJSON["value"] == ["a": 1])
        #expect(Self.entry(Array("not json".utf8)).fullJSON["value_text"] == "not json")
        #expect(Self.entry([0xFF, 0xFE]).fullJSON["value_base64"] == "//4=")
        #expect(Self.entry(nil).fullJSON["value"] == .null)
        #expect(Self.entry(Array("\u{1B}[2J".utf8)).page.contains("\u{1B}") == false)
    }

    @Test func `the JSON names place, event and source`() {
        let value = Self.entry(nil).json
        #expect(value["place"] == "3/4")
        #expect(value["event_id"] == "e-1")
        #expect(value["source"]?["offset"] == 2)
    }

    @Test func `the JSON and the row say what became of it`() {
        var entry = Self.entry(nil)
        entry.letter.headers += [WireHeader(HeaderName.replay, 2), WireHeader(HeaderName.replayOf, "e-0")]
        entry.state = .failedAgain
        #expect(entry.json["state"] == "failed-again")
        #expect(entry.json["replay"] == 2)
        #expect(entry.json["replay_of"] == "e-0")
        #expect(entry.row.contains("failed-again"))
        #expect(entry.row.count == DeadEntry.head.count)
        #expect(entry.page.contains("replay number 2"))
    }

    // MARK: Options

    private static func filter(_ arguments: [String]) throws -> LetterFilter {
        try DeadPassOptions.parse(arguments).filter(.builtIn())
    }

    @Test func `every filter is read`() throws {
        let run = RunID.workflowRun(store: "s", source: "c", event: "e", workflow: "w")
        let filter = try Self.filter([
            "3/4", "0/1", "--connector", "slack", "--store", "a.b", "--stage", "rejected", "--reason", "401",
            "--action-run", run.description, "--event", "e-1", "--since", "1970-01-02", "--until",
            "1970-01-03",
            "--state", "failed-again", "--state", "open",
        ])
        #expect(
            filter.places == [LetterPlace(partition: 3, offset: 4), LetterPlace(partition: 0, offset: 1)])
        #expect(filter.connector == "slack")
        #expect(filter.store == "a.b")
        #expect(filter.stage == .rejected)
        #expect(filter.reason == "401")
        #expect(filter.actionRun == run)
        #expect(filter.event == "e-1")
        #expect(filter.since == 86_400_000)
        #expect(filter.until == 172_800_000)
        #expect(filter.states == [.failedAgain, .open])
        #expect(try Self.filter(["--all", "--state", "any"]).states == Set(LetterState.allCases))
        #expect(try Self.filter(["--all"]).states == nil)
    }

    @Test(arguments: [[], ["--state", "open"], ["--max", "3"], ["--dry-run"]])
    func `without a filter, all letters must be meant`(arguments: [String]) throws {
        let error = #expect(throws: CommandError.self) { try Self.filter(arguments) }
        #expect(error?.code == .wrongUse)
        #expect(try Self.filter(arguments + ["--all"]).isEmpty)
    }

    @Test(arguments: [
        ["3"], ["--connector", "slak"], ["--since", "1h", "--until", "2h"], ["--since", "soon"],
        ["--action-run", "x"],
    ])
    func `a filter that can't be meant is wrong use`(arguments: [String]) {
        let error = #expect(throws: CommandError.self) { try Self.filter(arguments) }
        #expect(error?.code == .wrongUse)
    }

    @Test func `a histogram is by what there is, each once`() throws {
        #expect(try HistogramDeadCommand.properties("reason, hour") == [.reason, .hour])
        for text in ["", "reasons", "hour,hour", "hour,"] {
            #expect(throws: CommandError.self) { try HistogramDeadCommand.properties(text) }
        }
    }

    @Test func `the histogram's table and JSON show second failures apart`() {
        var histogram = LetterHistogram(by: [.connector])
        var entry = Self.entry(nil)
        histogram.take(entry)
        entry.state = .failedAgain
        histogram.take(entry)
        let table = histogram.table(limit: 10)
        #expect(table.rows == [["1", "1", "0", "0", "3/4", "slack"]])
        #expect(table.head.count == table.rows.first?.count)
        let group = histogram.json(limit: 10)["groups"]?.arrayValue?.first
        #expect(group?["failed_again"] == 1)
        #expect(group?["connector"] == "slack")
        #expect(group?["newest"] == "1970-01-01T00:00:05Z")
        #expect(histogram.json(limit: 10)["total"] == 2)
    }
}
