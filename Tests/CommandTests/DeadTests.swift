import Flow
import Liquid
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
        return DeadEntry(partition: 3, offset: 4, timestamp: timestamp, letter: letter)
    }

    @Test func `all given conditions must hold`() {
        let entry = Self.entry(nil)
        #expect(DeadFilter().fits(entry))
        #expect(
            DeadFilter(connector: "slack", store: "a.b", stage: .trigger, reason: "PAYLOAD", since: 5_000)
                .fits(entry))
        #expect(!DeadFilter(connector: "other").fits(entry))
        #expect(!DeadFilter(store: "c.d").fits(entry))
        #expect(!DeadFilter(stage: .rejected).fits(entry))
        #expect(!DeadFilter(reason: "good").fits(entry))
        #expect(!DeadFilter(since: 5_001).fits(entry))
        #expect(!DeadFilter(actionRun: RunID(high: 1, low: 1)).fits(entry))
    }

    @Test func `a place, or the id of a run`() throws {
        #expect(try DeadName("3/4") == .place(partition: 3, offset: 4))
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
        for text in ["", "x", "15", "m", "-3h", "2026-13-01"] {
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
}
