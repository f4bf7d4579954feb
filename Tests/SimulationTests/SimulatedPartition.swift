import Flow

/// One partition of the simulated log, as a reader of committed records may see it.
///
/// Markers of transactions take an offset and are no record; records of aborted transactions are gone. Both leave gaps.
struct SimulatedPartition {
    struct Entry {
        let offset: Int64
        /// When the broker appended it, µs.
        let time: Int64
        /// Zero where it belongs to none.
        let transaction: Int
        let record: WireRecord
    }

    private(set) var entries: [Entry] = []
    /// The offset that the next record gets.
    private(set) var end: Int64 = 0
    private var open: [(transaction: Int, first: Int64)] = []

    /// Where the first open transaction begins: readers of committed records get no further.
    var stableEnd: Int64 { open.map(\.first).min() ?? end }

    mutating func append(_ record: WireRecord, transaction: Int, at time: Int64) -> Int64 {
        let offset = end
        if transaction > 0, !open.contains(where: { $0.transaction == transaction }) {
            open.append((transaction, offset))
        }
        entries.append(Entry(offset: offset, time: time, transaction: transaction, record: record))
        end += 1
        return offset
    }

    /// Writes the marker that ends a transaction here.
    mutating func finish(_ transaction: Int, isCommitted: Bool) {
        guard open.contains(where: { $0.transaction == transaction }) else { return }
        open.removeAll { $0.transaction == transaction }
        if !isCommitted { entries.removeAll { $0.transaction == transaction } }
        end += 1
    }

    /// Records that belong to a transaction.
    func entries(of transaction: Int) -> [Entry] { entries.filter { $0.transaction == transaction } }

    /// Records from an offset on, below another one and below the first open transaction.
    func read(from start: Int64, to bound: Int64 = .max) -> ArraySlice<Entry> {
        let bound = min(bound, stableEnd)
        guard start < bound else { return [] }
        return entries[index(of: start)..<index(of: bound)]
    }

    func entry(at offset: Int64) -> Entry? {
        let index = index(of: offset)
        return index < entries.count && entries[index].offset == offset ? entries[index] : nil
    }

    private func index(of offset: Int64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Keeps the newest record of each key, and tombstones for as long as readers may need them.
    ///
    /// - Parameter keepingSince: tombstones from before go.
    mutating func compact(keepingSince time: Int64) {
        let bound = stableEnd
        var newest: [[UInt8]: Int64] = [:]
        for entry in entries where entry.offset < bound {
            if let key = entry.record.key { newest[key] = entry.offset }
        }
        entries.removeAll { entry in
            guard entry.offset < bound, let key = entry.record.key else { return false }
            return newest[key] != entry.offset || entry.record.value == nil && entry.time < time
        }
    }
}
