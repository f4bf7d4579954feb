import Flow
import Testing

@Suite struct DeadLetterTests {
    static let letter = DeadLetter(
        connector: "slack", stage: .exhausted, reason: "gave up", store: Fixtures.store,
        place: Fixtures.place,
        time: "2026-11-23T12:00:00Z", actionRun: RunID(high: 1, low: 2),
        headers: [WireHeader("ce_id", "e1"), WireHeader("blob", [0xFF, 0x00])], value: [0xFF, 0x7B])

    @Test(arguments: DeadLetter.Stage.allCases) func `what is written is read back`(stage: DeadLetter.Stage) {
        var letter = Self.letter
        letter.stage = stage
        #expect(DeadLetter(letter.record(Topics())) == letter)
        letter.store = nil
        letter.actionRun = nil
        letter.value = nil
        letter.headers = []
        #expect(DeadLetter(letter.record(Topics())) == letter)
    }

    @Test func `the record has the original bytes, and the store as its key`() {
        let record = Self.letter.record(Topics(prefix: "x"))
        #expect(record.topic == "x.dead")
        #expect(record.keyText == Fixtures.store)
        #expect(record.value == [0xFF, 0x7B])
        #expect(record.headers.prefix(2) == Self.letter.headers[...])
    }

    @Test func `a letter that dies again names its last death only`() throws {
        var again = try #require(DeadLetter(Self.letter.record(Topics())))
        again.headers = Self.letter.record(Topics()).headers
        again.reason = "second"
        let record = again.record(Topics())
        #expect(record.headers.count { $0.name == HeaderName.reason } == 1)
        #expect(DeadLetter(record)?.reason == "second")
        #expect(DeadLetter(record)?.headers == Self.letter.headers)
    }

    @Test(arguments: [
        HeaderName.deadConnector, HeaderName.deadStage, HeaderName.reason, HeaderName.deadTopic,
        HeaderName.deadPartition, HeaderName.deadOffset, HeaderName.deadTime,
    ])
    func `a record without one of its headers is no dead letter`(name: String) {
        var record = Self.letter.record(Topics())
        record.headers.removeAll { $0.name == name }
        #expect(DeadLetter(record) == nil)
    }
}
