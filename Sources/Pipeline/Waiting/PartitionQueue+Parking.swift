import Flow
import Workers

// How a run goes to the waiting topic, and with it what stands behind it.

extension PartitionQueue {
    /// W4: what is queued in memory behind a waiting head gives its partition free.
    mutating func parkFollowers(of head: QueuedRun, isBacklog: Bool = false) -> [Effect] {
        guard let key = head.orderingKey else { return [] }
        var effects: [Effect] = []
        for slot in entries.queued.members(of: key) {
            guard var entry = entries[slot: slot] else { continue }
            entry.isBacklog = isBacklog
            effects += park(&entry, .behind, delay: nil)
        }
        // A run whose `wait` step ended meanwhile may stand before the head.
        advance(key)
        return effects
    }

    /// - Parameter taken: the bytes of its record as it was taken, where that changed.
    mutating func park(
        _ entry: inout Entry, _ cause: WaitCause, delay: Duration?, taken: Int? = nil
    ) -> [Effect] {
        entry.stamp &+= 1
        entry.state = .waiting(cause.reason)
        entry.detail = cause.detail
        let parked = ParkedRun(run: entry.run, cause: cause, delay: delay, stamp: entry.stamp)
        var effects: [Effect] = [.park(parked)]
        if !entry.isParked {
            entry.isParked = true
            openRuns[entry.run.position] = nil
            waitingCount += 1
            parkedBytes += entry.run.byteCount
            effects += settle(entry.run, bytes: taken)
        }
        part(entry)
        entry.waitingOffset = nil
        entries[entry.run.key] = entry
        if case .lane(let gate) = cause { joinCrowd(entry.run, Lane(store: entry.run.store, gate: gate)) }
        return effects
    }

    // MARK: What the record says of the run

    /// Notes in a run's record whether it may have been done already.
    mutating func note(_ mayHaveActed: Bool, _ entry: inout Entry) {
        change(&entry) { $0.set(HeaderName.mayHaveActed, Array((mayHaveActed ? "1" : "0").utf8)) }
    }

    mutating func change(_ entry: inout Entry, _ change: (inout WireRecord) -> Void) {
        guard var record = entry.run.record else { return }
        if entry.isParked { parkedBytes -= entry.run.byteCount }
        change(&record)
        entry.run.record = record
        if entry.isParked { parkedBytes += entry.run.byteCount }
    }
}
