import Testing

@testable import Pipeline

/// What may be left out of a waiting topic, step by step.
@Suite struct StandingRecordsTests {
    private static let (a, b): ([UInt8], [UInt8]) = ([1], [2])

    /// Records that were read up to 10, one of which counts.
    private static func taken(_ records: [[UInt8]: Int64] = [a: 4]) -> StandingRecords {
        var standing = StandingRecords()
        standing.begin(at: 10)
        standing.found(records)
        return standing
    }

    @Test func `nothing is known of a topic that was not read`() {
        var standing = StandingRecords()
        standing.restored(at: 3)
        standing.acknowledge(Self.a, isTombstone: true, at: 7)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == nil)
    }

    @Test func `a record counts until its tombstone is acknowledged`() {
        var standing = Self.taken()
        #expect(standing.floor == 4)
        standing.acknowledge(Self.b, isTombstone: false, at: 10)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 4)
        standing.acknowledge(Self.a, isTombstone: true, at: 11)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 10)
        standing.acknowledge(Self.b, isTombstone: true, at: 12)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 13)
        #expect(standing.count == 0)
    }

    @Test func `a run's record counts while its next one is on its way, whatever became of its entry`() {
        var standing = Self.taken([:])
        standing.restored(at: 2)
        standing.part(Self.a, from: 2)
        #expect(standing.floor == 2)
        // The newest record of it, though the run went on meanwhile.
        standing.acknowledge(Self.a, isTombstone: false, at: 10)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 10)
        standing.acknowledge(Self.a, isTombstone: false, at: 11)
        standing.rest(Self.a, at: 11)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 11)
    }

    @Test func `nothing passes what nobody knows: a stranger's record, or one whose place was not told`() {
        var standing = Self.taken([:])
        standing.acknowledge(Self.b, isTombstone: true, at: 11)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 10)
        standing = Self.taken()
        standing.acknowledge(Self.a, isTombstone: false, at: nil)
        standing.acknowledge(Self.b, isTombstone: true, at: 10)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 10)
        #expect(standing.count == 0)
    }

    @Test func `after each transaction one offset is its marker's`() {
        var standing = Self.taken([:])
        for offset in [Int64(10), 12, 13] {
            standing.acknowledge(Self.a, isTombstone: true, at: offset)
            standing.endBatch(isAtomic: true)
        }
        #expect(standing.floor == 14)
        standing.acknowledge(Self.a, isTombstone: true, at: 16)
        standing.endBatch(isAtomic: true)
        #expect(standing.floor == 14)
        // Within a transaction there is none.
        standing = Self.taken([:])
        for offset in [Int64(10), 12] { standing.acknowledge(Self.a, isTombstone: true, at: offset) }
        standing.endBatch(isAtomic: true)
        #expect(standing.floor == 11)
    }

    @Test func `tombstones that are sent last are no gap`() {
        var standing = Self.taken()
        for (offset, isTombstone) in [(Int64(11), true), (10, false)] {
            standing.acknowledge(isTombstone ? Self.a : Self.b, isTombstone: isTombstone, at: offset)
        }
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 10)
        standing.acknowledge(Self.b, isTombstone: true, at: 12)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == 13)
    }

    @Test func `a topic that was made anew has no floor`() {
        var standing = Self.taken()
        standing.acknowledge(Self.b, isTombstone: false, at: 0)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == nil)
        standing.acknowledge(Self.b, isTombstone: false, at: 20)
        standing.endBatch(isAtomic: false)
        #expect(standing.floor == nil)
    }
}
