/// Which records of a partition of the waiting topic count, and so from where a successor has to read it: the floor.
///
/// A record counts while it is the newest of its key and no tombstone. The invariants, numbered as in
/// `docs/OffsetInvariants.md`:
/// - P1: no record that counts lies below the floor.
/// - P2: a record counts until a newer one of its key, or its tombstone, is acknowledged.
/// - P3: the floor passes no offset that nobody here knows: what was read at the takeover is known, what was written
///   since, and after each own transaction the offset of its marker.
/// - P4: the floor never goes back, and there is none once offsets begin anew.
///
/// A floor that is too high loses a run, one that is too low costs time. So nothing here rests on what queue and notes
/// take to be over: only records count, and only such as were acknowledged.
struct StandingRecords: Sendable {
    /// Where the records lie that count.
    private var offsets = SortedBlocks<Int64>()
    /// Those of them, by key, whose place the index of runs does not tell: notes, what can't be read, and runs whose next
    /// record or tombstone is on its way.
    private var apart: [[UInt8]: Int64] = [:]
    /// Every offset below it is known; nil where nobody has read the topic, and where it is another one by now.
    private var known: Int64?
    /// Something lies at `known` that nobody here knows.
    private var hasGap = false
    /// A transaction of ours ended behind the last known record, so that one offset may be its marker.
    private var mayHaveMarker = false
    /// Offsets of the batch that is being acknowledged.
    private var batch: [Int64] = []

    /// Where a successor has to begin to read; nil where nobody knows.
    var floor: Int64? { known.map { min(offsets.first ?? $0, $0) } }

    /// How many records count.
    var count: Int { offsets.count }

    // MARK: A takeover

    /// The topic was read up to here.
    mutating func begin(at end: Int64) {
        known = end
    }

    /// Records that a predecessor left, and that no run of the queue is about.
    mutating func found(_ records: [[UInt8]: Int64]) {
        for (key, offset) in records {
            apart[key] = offset
            offsets.insert(offset)
        }
    }

    // MARK: Runs of the index

    /// A run's newest record lies here, and its entry says so from here on.
    mutating func rest(_ key: [UInt8], at offset: Int64) {
        if apart[key] == offset { apart[key] = nil }
        offsets.insert(offset)
    }

    /// The same for a run that was never apart.
    mutating func restored(at offset: Int64) {
        offsets.insert(offset)
    }

    /// A run's entry says no longer where its newest record lies: the next one, or its tombstone, is to be written. Until
    /// that is acknowledged it counts.
    mutating func part(_ key: [UInt8], from offset: Int64) {
        apart[key] = offset
    }

    // MARK: Acknowledging

    /// A record was acknowledged; call it for each of a batch, in the order of writing, then `endBatch`.
    ///
    /// - Parameter offset: nil where the broker did not tell.
    mutating func acknowledge(_ key: [UInt8]?, isTombstone: Bool, at offset: Int64?) {
        if let key, let former = apart.removeValue(forKey: key) { offsets.remove(former) }
        guard let offset else {
            // It lies somewhere behind all that is known, where the floor does not get any more.
            hasGap = true
            return
        }
        batch.append(offset)
        guard let key, !isTombstone else { return }
        apart[key] = offset
        offsets.insert(offset)
    }

    /// - Parameter isAtomic: the batch was a transaction, which ends with a marker.
    mutating func endBatch(isAtomic: Bool) {
        guard !batch.isEmpty else { return }
        for offset in batch.sorted() {
            guard let next = known else { break }
            if offset < next {
                // What was just written stands before what was read: the topic was made anew.
                known = nil
            } else if !hasGap, offset == next || (mayHaveMarker && offset == next + 1) {
                known = offset + 1
                mayHaveMarker = false
            } else {
                hasGap = true
            }
        }
        batch = []
        mayHaveMarker = isAtomic
    }
}
