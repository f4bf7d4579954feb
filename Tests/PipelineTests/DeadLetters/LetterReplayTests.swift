import Flow
import Liquid
import Pipeline
import Testing

@Suite struct LetterReplayTests {
    private static let topics = LetterFixtures.topics

    @Test(arguments: [DeadLetter.Stage.rejected, .exhausted, .action, .waiting])
    func `a run goes again under its id with its bytes, its key and the next replay count`(
        stage: DeadLetter.Stage
    ) throws {
        let run = LetterFixtures.run(1, replay: 1)
        let original = run.record(Self.topics)
        let replay = try LetterReplay(of: LetterFixtures.letter(run, stage), LetterFixtures.rules())
        #expect(replay.count == 2)
        #expect(replay.copy == "\(run.id)/2")
        #expect(replay.record.topic == "sluice.actions.slack")
        #expect(replay.record.partition == nil, "the key decides, as it did")
        #expect(replay.record.key == original.key)
        #expect(replay.record.value == original.value)
        var again = run
        again.replay = 2
        #expect(try ActionRun(replay.record) == again)
        #expect(replay.record.headers.count { $0.name == HeaderName.replay } == 1)
    }

    @Test func `a run without an ordering key has its own again`() throws {
        let run = LetterFixtures.run(1, key: nil)
        let replay = try LetterReplay(of: LetterFixtures.letter(run), LetterFixtures.rules())
        #expect(replay.record.key == run.record(Self.topics).key)
    }

    @Test func `what waiting added is gone, so that it is due at once with no attempts`() throws {
        let run = LetterFixtures.run(1)
        let queued = QueuedRun(
            key: RunKey(id: run.id, replay: 0), position: 9, orderingKey: run.orderingKey, attempts: 4,
            age: 5_000, firstAttempt: 1, record: run.record(Self.topics))
        let parked = ParkedRun(run: queued, cause: .retry, delay: .seconds(5), stamp: 1)
        let waiting = try #require(parked.record(topic: "sluice.waiting.slack", partition: 0))
        var letter = LetterFixtures.letter(run, .exhausted)
        letter.headers = waiting.headers
        let replay = try LetterReplay(of: letter, LetterFixtures.rules())
        let names = Set(replay.record.headers.map(\.name))
        #expect(names.isDisjoint(with: HeaderName.ofWaiting))
        let taken = try #require(QueuedRun(action: replay.record, position: 10))
        #expect(taken.key == RunKey(id: run.id, replay: 1))
        #expect(taken.attempts == 0)
    }

    @Test func `an event goes again under a new id that names the old one`() throws {
        let letter = LetterFixtures.letter(LetterFixtures.event("e-1"))
        let replay = try LetterReplay(of: letter, LetterFixtures.rules())
        #expect(replay.record.topic == "sluice.triggers.loyaltylion")
        #expect(replay.record.keyText == LetterFixtures.store)
        #expect(replay.record.value == letter.value)
        #expect(replay.record.header(HeaderName.id) == "e-1~r1")
        #expect(replay.record.header(HeaderName.replayOf) == "e-1")
        #expect(replay.copy == "loyaltylion/e-1~r1")
        // It fails again: the next id is made of the first one.
        let again = try LetterReplay(of: LetterFixtures.letter(replay.record), LetterFixtures.rules())
        #expect(again.record.header(HeaderName.id) == "e-1~r2")
        #expect(again.record.header(HeaderName.replayOf) == "e-1")
        #expect(again.count == 2)
    }

    @Test func `a structured event gets its new id in its value, and a place in any partition again`() throws
    {
        let document: JSON = [
            "specversion": "1.0", "id": "s-1", "source": "loyaltylion",
            "type": "loyaltylion.moved-up-tier", "subject": .string(LetterFixtures.store),
            "data": ["customer_id": 1, "tierName": "Gold"],
        ]
        let record = WireRecord(
            topic: "sluice.triggers.loyaltylion", key: nil, value: document.jsonBytes,
            headers: [
                WireHeader(HeaderName.contentType, "application/cloudevents+json"),
                WireHeader("sluice_moved", "1"),
            ])
        let replay = try LetterReplay(of: LetterFixtures.letter(record), LetterFixtures.rules())
        #expect(try JSONParser.parse(replay.record.value ?? [])["id"] == "s-1~r1")
        #expect(replay.record.header(HeaderName.replayOf) == "s-1")
        #expect(replay.record.header("sluice_moved") == nil)
        #expect(replay.record.keyText == LetterFixtures.store)
    }

    @Test(arguments: [200, 251, 252, 255, 300])
    func `a new id has 255 bytes at most, and two old ones have two`(length: Int) throws {
        let ids = ["a", "b"].map { String(repeating: "x", count: length - 1) + $0 }
        let new = try ids.map { id in
            try #require(
                LetterReplay(of: LetterFixtures.letter(LetterFixtures.event(id)), LetterFixtures.rules())
                    .record.header(HeaderName.id))
        }
        #expect(new.allSatisfy { $0.utf8.count <= 255 && $0.hasSuffix("~r1") })
        #expect(Set(new).count == 2)
    }

    static let refused: [(String, String, @Sendable (inout DeadLetter) -> Void)] = [
        ("cut", "only a part", { $0.headers.append(WireHeader(HeaderName.deadCut, 2_000_000)) }),
        ("format", "format is 9", { $0.headers.append(WireHeader(HeaderName.format, "9")) }),
        ("value", "can't read the run", { $0.value = Array("no json".utf8) }),
        ("no value", "can't read the run", { $0.value = nil }),
        ("id", "another one", { $0.headers.append(WireHeader(HeaderName.id, "\(RunID(high: 9, low: 9))")) }),
        ("connector", "another connector", { $0.connector = "loyaltylion" }),
        ("triggers only", "no actions", { $0.connector = "avolin-protect" }),
        ("unknown", "no actions", { $0.connector = "nobody" }),
    ]

    @Test(arguments: refused.indices) func `a run that would only come back is not sent`(row: Int) throws {
        let (_, text, damage) = Self.refused[row]
        var letter = LetterFixtures.letter(LetterFixtures.run(1))
        damage(&letter)
        let error = #expect(throws: LetterReplay.Refusal.self) {
            try LetterReplay(of: letter, LetterFixtures.rules())
        }
        #expect(error?.reason.contains(text) == true, "\(error?.reason ?? "sent")")
    }

    static let refusedEvents: [(String, @Sendable (inout DeadLetter) -> Void)] = [
        ("no event id", { $0.headers.removeAll { $0.name == HeaderName.id } }),
        ("no store", { $0.store = nil }),
        ("still unusable", { $0.value = Array("no json".utf8) }),
        ("still unusable", { $0.value = Array(#"{"customer_id": "x", "tierName": "Gold"}"#.utf8) }),
        ("still unusable", { $0.headers.append(WireHeader(HeaderName.type, "loyaltylion.nothing")) }),
        ("still unusable", { $0.headers.append(WireHeader(HeaderName.subject, "other.myshopify.com")) }),
        ("none of these", { $0.place = RecordPlace(topic: "x.triggers.y", partition: 0, offset: 0) }),
        ("only a part", { $0.headers.append(WireHeader(HeaderName.deadCut, 2_000_000)) }),
    ]

    @Test(arguments: refusedEvents.indices) func `an event that is still unusable is not sent`(row: Int)
        throws
    {
        let (text, damage) = Self.refusedEvents[row]
        var letter = LetterFixtures.letter(LetterFixtures.event("e-1"))
        damage(&letter)
        let error = #expect(throws: LetterReplay.Refusal.self) {
            try LetterReplay(of: letter, LetterFixtures.rules())
        }
        #expect(error?.reason.contains(text) == true, "\(error?.reason ?? "sent")")
    }

    @Test func `nothing is sent to a topic that isn't there`() throws {
        let rules = LetterReplay.Rules(
            topics: Self.topics, catalogue: try LetterFixtures.rules().catalogue,
            existing: ["sluice.actions.slack"])
        _ = try LetterReplay(of: LetterFixtures.letter(LetterFixtures.run(1)), rules)
        let error = #expect(throws: LetterReplay.Refusal.self) {
            try LetterReplay(of: LetterFixtures.letter(LetterFixtures.event("e")), rules)
        }
        #expect(error?.reason == "the topic sluice.triggers.loyaltylion doesn't exist")
    }

    @Test(arguments: ["-3", "x", "99999999999999999999", "9223372036854775807"])
    func `whatever a publisher writes as its replay count, nothing breaks`(text: String) throws {
        var record = LetterFixtures.event("e")
        record.headers.append(WireHeader(HeaderName.replay, text))
        let replay = try LetterReplay(of: LetterFixtures.letter(record), LetterFixtures.rules())
        #expect((1...1_000_001).contains(replay.count))
    }
}
