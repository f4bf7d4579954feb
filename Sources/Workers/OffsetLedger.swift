import DequeModule

/// Which records of one partition were taken and which of them are settled: it answers "what may be committed?".
///
/// The invariants, numbered as in `docs/OffsetInvariants.md`:
/// - L1: the frontier never goes back.
/// - L2: no open offset lies below the frontier, so a commit never skips work.
/// - L3: the frontier is the lowest open offset, or one past the last taken where none is open.
/// - L4: an offset that was never taken but lies between taken ones is settled: transaction markers and compacted
///   records leave such gaps.
/// - L5: an offset is taken once and settled once; a second time changes nothing.
/// - L6: a ledger restored from a frontier and its map takes exactly the offsets again that were open or not yet
///   taken; what was settled beyond the frontier stays settled.
///
/// It knows no time, no keys and no Kafka, and is not shared: its owner guards it.
package struct OffsetLedger: Sendable {
    private struct Entry {
        let offset: Int64
        var isSettled: Bool
    }

    package enum Taken: Hashable, Sendable {
        /// It is open now and has to be settled.
        case open
        /// A predecessor settled it before the assignment moved.
        case settledBefore
        /// It was taken already.
        case seen
    }

    /// Taken offsets from the frontier on, in order; the first is always open.
    private var entries: Deque<Entry> = []
    /// One past the last offset that was taken: everything below it was read.
    package private(set) var next: Int64
    /// What a predecessor settled beyond the frontier, in order.
    private var restored: Deque<ClosedRange<Int64>> = []
    /// Offsets that were taken and are not settled.
    package private(set) var openCount = 0

    /// - Parameters:
    ///   - start: where reading begins; everything below it is settled.
    ///   - map: what the predecessor's commit said of offsets beyond it; unreadable text counts as none.
    package init(start: Int64, map: SettledMap = SettledMap()) {
        next = start
        restored = Deque(map.ranges.filter { $0.lowerBound >= start })
    }

    /// The next offset to commit.
    package var frontier: Int64 { entries.first?.offset ?? next }

    /// Whether a record at this offset would be open when it is read: neither read nor settled by a predecessor.
    package func isStillToCome(_ offset: Int64) -> Bool {
        offset >= next && !restored.contains { $0.contains(offset) }
    }

    package mutating func take(_ offset: Int64) -> Taken {
        guard offset >= next else { return .seen }
        next = offset + 1
        while let range = restored.first, range.upperBound < offset { restored.removeFirst() }
        if restored.first?.contains(offset) == true {
            if !entries.isEmpty { entries.append(Entry(offset: offset, isSettled: true)) }
            return .settledBefore
        }
        entries.append(Entry(offset: offset, isSettled: false))
        openCount += 1
        return .open
    }

    /// Everything below this offset was read: what was not taken of it will never come (markers of transactions at the
    /// partition's end, records that retention has removed).
    package mutating func pass(_ offset: Int64) {
        next = max(next, offset)
    }

    /// Settles a record; false where its offset is not open.
    @discardableResult
    package mutating func settle(_ offset: Int64) -> Bool {
        guard let index = index(of: offset), !entries[index].isSettled else { return false }
        entries[index].isSettled = true
        openCount -= 1
        while entries.first?.isSettled == true { entries.removeFirst() }
        return true
    }

    /// What is settled beyond the frontier, for the commit's metadata. Offsets of the predecessor's map that were not
    /// read again yet are kept.
    package var settledMap: SettledMap {
        var map = SettledMap()
        var open = entries.first?.offset ?? next
        for entry in entries where !entry.isSettled {
            // Everything between two open offsets is settled, gaps included.
            if entry.offset > open { map.append(open...(entry.offset - 1)) }
            open = entry.offset + 1
        }
        if !entries.isEmpty, open < next { map.append(open...(next - 1)) }
        for range in restored where range.upperBound >= next {
            map.append(max(range.lowerBound, next)...range.upperBound)
        }
        return map
    }

    /// Whether taking more could bring a map that its metadata can't say: neither as ranges, of which each open offset
    /// ends at most one, nor as a bitmap from the frontier on.
    package var isMapNearlyFull: Bool {
        openCount + restored.count >= Self.rangeLimit && next - frontier >= Self.spanLimit
    }

    /// Ranges of any gaps and lengths below 16,384 take 4 bytes each.
    private static let rangeLimit = SettledMap.byteLimit * 3 / 4 / 4 / 2
    /// What a batch brings on top still has to fit.
    private static let spanLimit = SettledMap.bitmapSpan - 4_000

    private func index(of offset: Int64) -> Int? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].offset == offset ? low : nil
    }
}
