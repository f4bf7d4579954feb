import Flow
import Pipeline
import Testing

@Suite struct LetterPassTests {
    private static func entries(_ count: UInt64, replay: Int = 0) -> [DeadEntry] {
        (0..<count).map {
            LetterFixtures.entry(LetterFixtures.letter(LetterFixtures.run($0, replay: replay)), Int64($0))
        }
    }

    private static func go(
        _ pass: inout LetterPass, _ entries: [DeadEntry], _ index: ResolutionIndex = .init()
    )
        -> LetterPass.Batch
    {
        for entry in entries { pass.take(entry.folded(index), index) }
        let batch = pass.takeBatch()
        pass.written(batch)
        return batch
    }

    private static func index(_ records: [WireRecord]) -> ResolutionIndex {
        var index = ResolutionIndex()
        for record in records { index.take(DeadResolution.read(record)) }
        return index
    }

    @Test
    func `each letter is sent in its order, with a record that names it, and counts when it is written`()
        throws
    {
        var pass = try LetterFixtures.pass()
        for entry in Self.entries(3) {
            let isChosen = pass.take(entry, ResolutionIndex())
            #expect(isChosen)
        }
        #expect(pass.report.done == 0, "nothing is written yet")
        let batch = pass.takeBatch()
        #expect(try batch.copies.map { try ActionRun($0).id.low } == [0, 1, 2])
        let resolutions = batch.resolutions.map { DeadResolution.read($0) }
        for (offset, reading) in resolutions.enumerated() {
            guard case .resolution(let resolution) = reading else { Issue.record("\(reading)"); continue }
            #expect(resolution.partition == 3)
            #expect(resolution.offset == Int64(offset))
            #expect(resolution.command == "test-1")
            #expect(resolution.time == LetterFixtures.time)
            #expect(resolution.store == LetterFixtures.store)
        }
        pass.written(batch)
        #expect(pass.report.matched == 3)
        #expect(pass.report.done == 3)
        #expect(pass.report.skipped == 0)
    }

    @Test func `a second pass sends nothing, and says why`() throws {
        var pass = try LetterFixtures.pass()
        let entries = Self.entries(7)
        let index = Self.index(Self.go(&pass, entries).resolutions)
        var again = try LetterFixtures.pass()
        #expect(Self.go(&again, entries, index).isEmpty)
        #expect(again.report.done == 0)
        let skips = again.report.skipsByCount
        #expect(skips.map(\.reason) == ["it was sent again before"])
        #expect(skips.first?.skip.count == 7)
        #expect(skips.first?.skip.places.count == 5, "the first few places")
    }

    @Test func `a letter that failed as often as allowed is left alone`() throws {
        for replay in 0...4 {
            var pass = try LetterFixtures.pass(.replay(limit: 3))
            let batch = Self.go(&pass, Self.entries(1, replay: replay))
            #expect(batch.copies.count == (replay < 3 ? 1 : 0))
            #expect(
                pass.report.skipsByCount.map(\.reason)
                    == (replay < 3 ? [] : ["it failed again after 3 replays"]))
        }
    }

    @Test func `letters that failed again can be chosen alone`() throws {
        let filter = LetterFixtures.filter { $0.states = [.failedAgain] }
        var pass = try LetterFixtures.pass(.replay(limit: 3), filter)
        let batch = Self.go(&pass, Self.entries(2) + Self.entries(4, replay: 1).dropFirst(2))
        #expect(try batch.copies.map { try ActionRun($0).id.low } == [2, 3])
        #expect(try batch.copies.map { try ActionRun($0).replay } == [2, 2])
        #expect(pass.report.matched == 2)
    }

    @Test func `no more are sent than allowed, and it is said that there are more`() throws {
        var pass = try LetterFixtures.pass(limit: 2)
        #expect(Self.go(&pass, Self.entries(2)).copies.count == 2)
        #expect(!pass.report.isCutShort)
        #expect(!pass.isOver)
        pass = try LetterFixtures.pass(limit: 2)
        #expect(Self.go(&pass, Self.entries(5)).copies.count == 2)
        #expect(pass.report.isCutShort)
        #expect(pass.isOver)
        #expect(pass.report.matched == 2)
    }

    @Test func `two letters of one failure are one copy, and both are resolved`() throws {
        var pass = try LetterFixtures.pass()
        let letter = LetterFixtures.letter(LetterFixtures.run(1))
        let entries = [LetterFixtures.entry(letter, 1), LetterFixtures.entry(letter, 2)]
        let batch = Self.go(&pass, entries)
        #expect(batch.copies.count == 1)
        #expect(batch.resolutions.count == 2)
        #expect(pass.report.done == 1)
        #expect(pass.report.skipped == 1)
        // The second letter came only after the first was sent.
        var later = try LetterFixtures.pass()
        let index = Self.index([try #require(batch.resolutions.first)])
        let second = Self.go(&later, entries, index)
        #expect(second.copies.isEmpty)
        #expect(second.resolutions.count == 1)
        #expect(Self.index(second.resolutions).state(of: letter, at: 2) == .replayed)
    }

    @Test func `discarded letters are sent only to who asks for them, and then once`() throws {
        var discard = try LetterFixtures.pass(.discard)
        let entries = Self.entries(2)
        let batch = Self.go(&discard, entries)
        #expect(batch.copies.isEmpty)
        #expect(discard.report.done == 2)
        let index = Self.index(batch.resolutions)
        var twice = try LetterFixtures.pass(.discard)
        #expect(Self.go(&twice, entries, index).isEmpty)
        #expect(twice.report.skipsByCount.map(\.reason) == ["it was discarded before"])
        var replay = try LetterFixtures.pass()
        #expect(Self.go(&replay, entries, index).isEmpty)
        #expect(replay.report.skipsByCount.map(\.reason) == ["it was discarded"])
        let filter = LetterFixtures.filter { $0.states = [.discarded] }
        var meant = try LetterFixtures.pass(.replay(limit: 3), filter)
        let sent = Self.go(&meant, entries, index)
        #expect(sent.copies.count == 2)
        var last = try LetterFixtures.pass(.replay(limit: 3), filter)
        #expect(Self.go(&last, entries, Self.index(batch.resolutions + sent.resolutions)).isEmpty)
        var late = try LetterFixtures.pass(.discard)
        #expect(
            Self.go(&late, entries, Self.index(sent.resolutions)).isEmpty, "what was sent can't be discarded")
    }

    @Test
    func `a discarded letter lets the runs go on that wait for it; a replayed one's copy does so itself`()
        throws
    {
        var letter = LetterFixtures.letter(LetterFixtures.run(5, replay: 2))
        letter.holdsKey = true
        #expect(DeadLetter(letter.record(LetterFixtures.topics)) == letter)
        let entry = LetterFixtures.entry(letter)
        var discard = try LetterFixtures.pass(.discard)
        let batch = Self.go(&discard, [entry])
        let released = try #require(batch.copies.first)
        #expect(
            DecisionRecord(released)
                == DecisionRecord(key: RunKey(id: RunID(high: 0x8000, low: 5), replay: 2), decision: .release)
        )
        #expect(released.topic == letter.place.topic && released.partition == letter.place.partition)
        #expect(discard.report.done == 1)
        var replay = try LetterFixtures.pass(.replay(limit: 9))
        let copies = Self.go(&replay, [entry]).copies
        #expect(try copies.map { try ActionRun($0).replay } == [3])
        #expect(copies.first?.header(HeaderName.holdsKey) == nil)
    }

    @Test func `many different reasons are counted in bounded memory`() throws {
        var pass = try LetterFixtures.pass()
        for number in 0..<500 {
            var letter = LetterFixtures.letter(LetterFixtures.run(UInt64(number)))
            letter.headers.append(WireHeader(HeaderName.format, "odd \(number)"))
            pass.take(LetterFixtures.entry(letter, Int64(number)), ResolutionIndex())
        }
        #expect(pass.report.skipped == 500)
        #expect(pass.report.skips.count == 201)
    }
}
