import TestSupport
import Testing
import Workers

/// The invariants of docs/OffsetInvariants.md, over seeded random sequences.
@Suite struct OffsetLedgerTests {
    /// What a ledger must equal: the plain set of open offsets.
    private struct Model {
        var next: Int64
        var open: Set<Int64> = []
        var frontier: Int64 { open.min() ?? next }
    }

    @Test func `L1 to L5 hold over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var model = Model(next: Int64.random(in: 0...5, using: &random))
            var ledger = OffsetLedger(start: model.next)
            var before = ledger.frontier
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                if Bool.random(using: &random) {
                    let offset = model.next + Int64.random(in: -2...3, using: &random)
                    let taken = ledger.take(offset)
                    try #require((taken == .open) == (offset >= model.next), "L5, seed \(seed)")
                    if offset >= model.next {
                        model.open.insert(offset)
                        model.next = offset + 1
                    }
                } else {
                    let offset =
                        model.open.randomElement(using: &random) ?? Int64.random(in: 0...9, using: &random)
                    let wasOpen = model.open.remove(offset) != nil
                    try #require(ledger.settle(offset) == wasOpen, "L5, seed \(seed)")
                }
                try #require(ledger.frontier >= before, "L1, seed \(seed)")
                try #require(model.open.allSatisfy { $0 >= ledger.frontier }, "L2, seed \(seed)")
                try #require(ledger.frontier == model.frontier, "L3 and L4, seed \(seed)")
                try #require(ledger.openCount == model.open.count, "seed \(seed)")
                before = ledger.frontier
            }
        }
    }

    @Test func `L6 a restored ledger takes exactly what was open, over 10,000 random sequences`() throws {
        for seed in UInt64(0)..<10_000 {
            var random = SplitMix64(seed: seed)
            var log: [Int64] = []
            var offset: Int64 = 0
            for _ in 0..<Int.random(in: 1...80, using: &random) {
                offset += Int64.random(in: 1...3, using: &random)
                log.append(offset)
            }
            var ledger = OffsetLedger(start: 0)
            var settled: Set<Int64> = []
            // Up to three owners in turn, each of which takes a part of the log and settles a part of that.
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let map = SettledMap(
                    metadata: ledger.settledMap.metadata(frontier: ledger.frontier), frontier: ledger.frontier
                )
                let start = ledger.frontier
                ledger = OffsetLedger(start: start, map: map)
                for offset in log.prefix(Int.random(in: 0...log.count, using: &random)) where offset >= start
                {
                    let taken = ledger.take(offset)
                    try #require(
                        taken == (settled.contains(offset) ? .settledBefore : .open),
                        "seed \(seed) at \(offset)")
                    if taken == .open, Bool.random(using: &random) {
                        ledger.settle(offset)
                        settled.insert(offset)
                    }
                }
            }
        }
    }

    @Test func `taking stops before a map would lose anything`() throws {
        for seed in UInt64(0)..<100 {
            var random = SplitMix64(seed: seed)
            var ledger = OffsetLedger(start: 1_000_000)
            var open: [Int64] = []
            var offset: Int64 = 1_000_000
            // Batches as a sender takes them; one record in a hundred stays open, so that the frontier hardly moves.
            while !ledger.isMapNearlyFull, offset < 2_000_000 {
                for _ in 0..<1_000 {
                    offset += Int64.random(in: 1...3, using: &random)
                    if ledger.take(offset) == .open { open.append(offset) }
                }
                open.shuffle(using: &random)
                while open.count > 400, let next = open.popLast() { ledger.settle(next) }
            }
            let map = ledger.settledMap
            let text = try #require(map.metadata(frontier: ledger.frontier))
            #expect(text.utf8.count <= SettledMap.byteLimit)
            #expect(SettledMap(metadata: text, frontier: ledger.frontier) == map, "seed \(seed)")
        }
    }

    @Test func `a partition's end beyond its last record is the frontier when nothing is open`() {
        var ledger = OffsetLedger(start: 10)
        #expect(ledger.take(10) == .open)
        ledger.pass(12)
        #expect(ledger.frontier == 10)
        ledger.settle(10)
        #expect(ledger.frontier == 12)
        ledger.pass(11)
        #expect(ledger.frontier == 12)
        #expect(ledger.take(12) == .open)
    }

    @Test func `a gap between taken offsets is settled`() {
        var ledger = OffsetLedger(start: 10)
        #expect(ledger.take(10) == .open)
        #expect(ledger.take(15) == .open)
        ledger.settle(10)
        #expect(ledger.frontier == 15)
        ledger.settle(15)
        #expect(ledger.frontier == 16)
    }
}

@Suite struct SettledMapTests {
    @Test func `metadata never exceeds its limit and loses only the farthest ranges`() throws {
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var map = SettledMap()
            var position = Int64.random(in: 0...1_000_000, using: &random)
            let frontier = position
            for _ in 0..<Int.random(in: 1...3_000, using: &random) {
                position += Int64.random(in: 2...20_000, using: &random)
                let end = position + Int64.random(in: 0...200, using: &random)
                map.append(position...end)
                position = end
            }
            let text = try #require(map.metadata(frontier: frontier))
            #expect(text.utf8.count <= SettledMap.byteLimit)
            let read = SettledMap(metadata: text, frontier: frontier)
            try #require(!read.ranges.isEmpty)
            #expect(read.ranges == Array(map.ranges.prefix(read.ranges.count)))
        }
    }

    @Test(arguments: [
        "", "1", "2AAAA", "3AAAA", "1!!!!", "1gICAgICAgICAgICA", "some text of another program",
    ])
    func `text that is no map is an empty map`(text: String) {
        #expect(SettledMap(metadata: text, frontier: 5).ranges.isEmpty)
    }
}
