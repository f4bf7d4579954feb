import Flow
import Workers

// The waiting set of a partition: what makes its runs go on, and how it is put back after a restart.

extension PartitionQueue {
    // MARK: Waiting

    /// A parking was acknowledged: its delay begins, and its bytes may be let go.
    package mutating func parked(
        _ key: RunKey, stamp: UInt32, offset: Int64?, delay: Duration?, now: Duration
    ) {
        guard var entry = entries[key], entry.stamp == stamp else { return }
        entry.waitingOffset = offset
        if let offset { standing.rest(key.waitingKey, at: offset) }
        if case .waiting = entry.state, offset != nil, parkedBytes > payloadLimit {
            parkedBytes -= entry.run.byteCount
            entry.run.record = nil
        }
        entries[key] = entry
        guard let delay, case .waiting = entry.state else { return }
        become(due: now + delay, entry)
    }

    /// When the next waiting run may go.
    package var nextDue: Duration? { leaving.isEmpty ? due.first?.time : .zero }

    mutating func become(due time: Duration, _ entry: Entry) {
        guard let slot = entries.slot(of: entry.run.key) else { return }
        due.insert(DueRun(at: time, position: entry.run.position, slot: slot, stamp: entry.stamp))
    }

    /// Runs that are let go at once, at most: whoever holds the queue must not do so for long.
    package static let releaseLimit = 1_024

    /// Makes ready what is due, and what was held and is let go; so many at a time, and `nextDue` tells of the rest.
    package mutating func release(now: Duration) {
        for _ in 0..<releaseLimit {
            guard let first = due.first, first.time <= now else { break }
            due.remove(first)
            guard let entry = entries[slot: first.slot], entry.run.position == first.position,
                entry.stamp == first.stamp, case .waiting(let reason) = entry.state
            else { continue }
            let run = entry.run
            if entry.cause == .held(.deadLetter) { decisions[run.key] = .release }
            entries.change(run.key, to: .waiting(.behind))
            guard let key = run.orderingKey else {
                makeReady(run.key)
                continue
            }
            if reason == .wait { join(key, run) }
            advance(key)
        }
        releaseLeaving()
    }

    /// A run takes its place among those of its key.
    mutating func join(_ key: OrderingKey, _ run: QueuedRun) {
        guard let slot = entries.slot(of: run.key) else { return }
        chains.insert(slot, key: key, position: run.position)
    }

    /// A run that waited for something of its own now only waits for its place.
    mutating func letGo(_ key: RunKey, _ entry: Entry) {
        entries.change(key, to: .waiting(.behind))
        if let orderingKey = entry.run.orderingKey { advance(orderingKey) } else { makeReady(key) }
    }

    /// The head of a key goes when it is only its place that it waits for.
    mutating func advance(_ key: OrderingKey) {
        guard !busy.contains(key), let head = chains.head(of: key), let entry = entries[slot: head] else {
            return
        }
        guard entry.state == .queued || entry.state == .waiting(.behind) else { return }
        guard entry.run.position < ledger.next else {
            unread.insert(Unread(position: entry.run.position, waiter: .key(key)))
            return
        }
        busy.insert(key)
        makeReady(entry.run.key)
    }

    mutating func makeReady(_ key: RunKey) {
        // At least once a predecessor may have parked it, and died before it committed so.
        if let position = entries[key]?.run.position, ledger.isStillToCome(position) {
            unread.insert(Unread(position: position, waiter: .run(key)))
            return
        }
        entries.change(key, to: .ready)
        ready.append(key)
    }

    // MARK: Rebuilding

    /// Puts back a run of the waiting topic. Call it for the newest record of each run, in any order, then `restored`
    /// once. Its bytes may be left out; they are read again when it is due.
    ///
    /// - Parameter dueIn: what is left of its delay; nil where no time releases it.
    package mutating func restore(
        _ run: QueuedRun, cause: WaitCause, offset: Int64, dueIn: Duration?, now: Duration
    ) {
        // What nobody knows the outcome of waits for a decision, whatever it waited for before.
        let isInDoubt = doubts.contains(run.key)
        let lookIn = suspects[run.key] ?? .zero
        var (cause, dueIn) = (cause, dueIn)
        if isInDoubt {
            (cause, dueIn) = (.held(.decision), nil)
        } else if decisions[run.key] != nil || cause == .held(.decision) {
            // A decision that nobody was asked for is asked for anew, if it must be.
            cause = .behind
        } else if lookIn > .zero, cause.reason != .held, dueIn ?? .zero <= .zero {
            // One that is not due yet was parked after its attempt, for this.
            (cause, dueIn) = (.retry, lookIn)
        }
        var entry = Entry(
            run: run, state: .waiting(cause.reason), isParked: true, waitingOffset: offset,
            detail: cause.detail)
        if case .lane(.circuit) = cause { entry.isBacklog = true }
        standing.restored(at: offset)
        waitingCount += 1
        parkedBytes += run.byteCount
        if parkedBytes > payloadLimit {
            parkedBytes -= run.byteCount
            entry.run.record = nil
        }
        entries[run.key] = entry
        if case .lane(let gate) = cause { joinCrowd(run, Lane(store: run.store, gate: gate)) }
        if let key = run.orderingKey, cause != .wait { join(key, run) }
        if let dueIn { become(due: now + max(dueIn, .zero), entry) }
    }

    /// Everything was put back: what is due or only behind somebody may go, and what is held by nothing any more.
    package mutating func restored(now: Duration, stillHolds: (Hold) -> Bool = { _ in false }) {
        release(now: now)
        var behind: [RunIndex.Place] = []
        // Of each key only the head can go, and most that wait behind somebody are none.
        entries.forEach { slot, run in
            guard run.state == .waiting(.behind) else { return }
            if let key = run.orderingKey, chains.head(of: key) != slot { return }
            behind.append(RunIndex.Place(position: run.position, slot: slot))
        }
        for place in behind.sorted() {
            guard let entry = entries[slot: place.slot], entry.state == .waiting(.behind) else { continue }
            if let key = entry.run.orderingKey { advance(key) } else { makeReady(entry.run.key) }
        }
        releaseHeld { !$0.isPersonal && !stillHolds($0) }
    }
}
