import Flow
import Testing

@Suite struct DeadResolutionTests {
    private static let deeds: [DeadResolution.Deed] = [
        .replayed(count: 2, as: "0190-…/2"), .replayed(count: 1, as: "loyaltylion/e-1~r1"), .discarded,
    ]

    private static func resolution(_ deed: DeadResolution.Deed) -> DeadResolution {
        DeadResolution(
            partition: 3, offset: 4_213, deed: deed, store: Fixtures.store, time: "2026-11-23T12:00:00Z",
            command: "replay-1")
    }

    @Test(arguments: deeds) func `what is written is read back`(deed: DeadResolution.Deed) {
        var resolution = Self.resolution(deed)
        #expect(DeadResolution.read(resolution.record(Topics())) == .resolution(resolution))
        resolution.store = nil
        #expect(DeadResolution.read(resolution.record(Topics())) == .resolution(resolution))
    }

    @Test func `it lies in the letter's partition, and says the number of its format`() {
        let record = Self.resolution(.discarded).record(Topics(prefix: "x"))
        #expect(record.topic == "x.dead")
        #expect(record.partition == 3)
        #expect(record.header(HeaderName.format) == "1")
        #expect(record.value == [], "a value, so that it is no tombstone")
    }

    @Test(arguments: deeds) func `no reader of letters takes it for one`(deed: DeadResolution.Deed) {
        #expect(DeadLetter(Self.resolution(deed).record(Topics())) == nil)
    }

    @Test func `a letter whose publisher wrote such headers is a letter`() throws {
        var letter = DeadLetterTests.letter
        letter.headers += Self.resolution(.discarded).record(Topics()).headers
        guard case .letter = DeadResolution.read(letter.record(Topics())) else {
            Issue.record("\(DeadResolution.read(letter.record(Topics())))")
            return
        }
    }

    @Test(arguments: [
        HeaderName.format, HeaderName.letterPartition, HeaderName.letterOffset, HeaderName.replay,
        HeaderName.replayedAs, HeaderName.deadTime, HeaderName.command,
    ])
    func `one that lacks a part or has an unknown one is told from other records`(name: String) {
        var record = Self.resolution(.replayed(count: 1, as: "a/1")).record(Topics())
        record.headers.removeAll { $0.name == name }
        #expect(DeadResolution.read(record) == .unreadable)
        var later = Self.resolution(.discarded).record(Topics())
        later.headers.append(WireHeader(HeaderName.format, "2"))
        #expect(DeadResolution.read(later) == .unreadable)
        later.headers.append(WireHeader(HeaderName.resolution, "framed"))
        #expect(DeadResolution.read(later) == .unreadable)
    }

    @Test func `anything else is neither`() {
        #expect(DeadResolution.read(WireRecord(topic: "sluice.dead", key: nil, value: [1])) == .stranger)
    }
}
