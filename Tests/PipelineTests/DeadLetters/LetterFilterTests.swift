import Flow
import Pipeline
import Testing

@Suite struct LetterFilterTests {
    private static let run = LetterFixtures.run(1)
    private static let entry = LetterFixtures.entry(LetterFixtures.letter(run))

    static let fitting: [@Sendable (inout LetterFilter) -> Void] = [
        { _ in }, { $0.connector = "slack" }, { $0.store = LetterFixtures.store }, { $0.stage = .rejected },
        { $0.reason = "http 401" }, { $0.since = 5_000 }, { $0.until = 5_001 },
        { $0.actionRun = LetterFixtures.run(1).id }, { $0.event = "e1" },
        { $0.places = [LetterPlace(partition: 3, offset: 4), LetterPlace(partition: 0, offset: 0)] },
        { $0.states = [.open] },
    ]

    static let unfitting: [@Sendable (inout LetterFilter) -> Void] = [
        { $0.connector = "trello" }, { $0.store = "other" }, { $0.stage = .exhausted },
        { $0.reason = "http 403" }, { $0.since = 5_001 }, { $0.until = 5_000 },
        { $0.actionRun = LetterFixtures.run(2).id }, { $0.event = "e2" },
        { $0.places = [LetterPlace(partition: 3, offset: 5)] }, { $0.states = [.replayed, .discarded] },
    ]

    @Test(arguments: fitting.indices) func `each condition alone lets a fitting letter through`(row: Int) {
        #expect(LetterFixtures.filter(Self.fitting[row]).fits(Self.entry))
    }

    @Test(arguments: unfitting.indices) func `one condition that fails is enough`(row: Int) {
        let filter = LetterFixtures.filter { filter in
            for change in Self.fitting { change(&filter) }
            Self.unfitting[row](&filter)
        }
        #expect(!filter.fits(Self.entry))
    }

    @Test func `only conditions that choose letters make a filter`() {
        #expect(LetterFilter().isEmpty)
        #expect(LetterFixtures.filter { $0.states = [.open] }.isEmpty, "a state chooses too many")
        for change in Self.fitting.dropFirst().dropLast() {
            #expect(!LetterFixtures.filter(change).isEmpty)
        }
    }

    @Test func `an event's id finds its letter, its runs' letters, and what was sent again of it`() throws {
        let filter = LetterFixtures.filter { $0.event = "e1" }
        let letter = LetterFixtures.letter(LetterFixtures.event("e1"))
        #expect(filter.fits(LetterFixtures.entry(letter)))
        let copy = try LetterReplay(of: letter, LetterFixtures.rules()).record
        #expect(filter.fits(LetterFixtures.entry(LetterFixtures.letter(copy))))
        #expect(!filter.fits(LetterFixtures.entry(LetterFixtures.letter(LetterFixtures.event("e2")))))
    }

    @Test func `a reason is found as it is, and as a row of the histogram has it`() {
        let entry = LetterFixtures.entry(
            LetterFixtures.letter(
                Self.run, reason: "HTTP 403: no key 17\nof 0190a1b2-c3d4-8e5f-9a6b-7c8d9e0f1a2b"))
        for text in ["KEY 17", "HTTP 403: no key # of <id>", "http 403"] {
            #expect(LetterFixtures.filter { $0.reason = text }.fits(entry), "\(text)")
        }
        for text in ["HTTP #", "no key 18"] {
            #expect(!LetterFixtures.filter { $0.reason = text }.fits(entry), "\(text)")
        }
    }

    @Test func `a run is found also where only its original record names it`() {
        var letter = LetterFixtures.letter(Self.run, .waiting)
        letter.actionRun = nil
        #expect(LetterFixtures.filter { $0.actionRun = Self.run.id }.fits(LetterFixtures.entry(letter)))
    }

    @Test func `places bound what is read`() {
        let filter = LetterFixtures.filter {
            $0.places = [LetterPlace(partition: 1, offset: 9), LetterPlace(partition: 1, offset: 4)]
        }
        #expect(filter.range(in: 1) == 4..<10)
        #expect(filter.range(in: 0) == nil)
        #expect(LetterFilter().range(in: 0) == 0..<Int64.max)
    }

    @Test(arguments: ["3", "3/x", "-1/2", "", "1/2/3", "1/-2", "99999999999/1"])
    func `what is no place is none`(text: String) {
        #expect(LetterPlace(text) == nil)
    }

    // MARK: Folding

    private static func resolution(_ deed: DeadResolution.Deed, of offset: Int64 = 4) -> DeadResolution {
        DeadResolution(
            partition: 3, offset: offset, deed: deed, store: LetterFixtures.store, time: "", command: "c")
    }

    @Test func `a letter is open, or failed again, until something is said of it`() {
        let again = LetterFixtures.entry(LetterFixtures.letter(LetterFixtures.run(1, replay: 2)))
        #expect(Self.entry.folded(ResolutionIndex()).state == .open)
        #expect(again.folded(ResolutionIndex()).state == .failedAgain)
        var index = ResolutionIndex()
        index.take(Self.resolution(.discarded))
        index.take(Self.resolution(.replayed(count: 1, as: "x/1"), of: 5))
        #expect(Self.entry.folded(index).state == .discarded)
        #expect(again.folded(index).state == .discarded)
        #expect(index.state(of: Self.entry.letter, at: 5) == .replayed)
        #expect(index.state(of: Self.entry.letter, at: 6) == .open)
    }

    @Test func `the order in which the records are read doesn't count`() {
        let records = [
            Self.resolution(.discarded), Self.resolution(.replayed(count: 1, as: "x/1")),
            Self.resolution(.discarded),
        ]
        for records in [records, records.reversed()] {
            var index = ResolutionIndex()
            for record in records { index.take(record) }
            #expect(Self.entry.folded(index).state == .replayed)
            #expect(index.wasSent("x/1", store: LetterFixtures.store))
            #expect(!index.wasSent("x/1", store: "another"))
            #expect(!index.wasSent("x/2", store: LetterFixtures.store))
        }
    }

    @Test func `what can't be read is counted`() {
        var index = ResolutionIndex()
        index.take(.unreadable)
        index.take(.stranger)
        #expect(index.unreadable == 1)
    }
}
