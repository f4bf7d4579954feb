import DequeModule
import Flow
import HeapModule
import Workers

// The waiting set of a partition: what makes its runs go on, and how it is put back after a restart.

extension PartitionQueue {
    // MARK: Waiting

    /// A parking was acknowledged: its delay begins, and its bytes may be let go.
    package mutating func parked(_ key: RunKey, stamp: Int, offset: Int64?, delay: Duration?, now: Duration) {
        guard var entry = entries[key], entry.stamp == stamp else { return }
        entry.waitingOffset = offset
        if case .waiting = entry.state, offset != nil, parkedBytes > payloadLimit {
            parkedBytes -= entry.run.byteCount
            entry.run.record = nil
        }
        entries[key] = entry
        guard let delay, case .waiting = entry.state else { return }
        due.insert(Due(time: now + delay, position: entry.run.position, key: key, stamp: stamp))
    }

    /// When the next waiting run is due.
    package var nextDue: Duration? { due.min?.time }

    /// Makes ready what is due.
    package mutating func release(now: Duration) {
        while let first = due.min, first.time <= now {
            due.removeMin()
            guard let entry = entries[first.key], entry.stamp == first.stamp,
                case .waiting(let cause) = entry.state
            else { continue }
            entries[first.key]?.state = .waiting(.behind)
            guard let key = entry.run.orderingKey else {
                makeReady(first.key)
                continue
            }
            if cause == .wait { chains.insert(first.key, key: key, position: entry.run.position) }
            advance(key)
        }
    }

    /// A run that waited for something of its own now only waits for its place.
    mutating func letGo(_ key: RunKey, _ entry: Entry) {
        entries[key]?.state = .waiting(.behind)
        if let orderingKey = entry.run.orderingKey { advance(orderingKey) } else { makeReady(key) }
    }

    /// The head of a key goes when it is only its place that it waits for.
    mutating func advance(_ key: String) {
        guard !busy.contains(key), let head = chains.head(of: key), let entry = entries[head] else { return }
        guard entry.state == .queued || entry.state == .waiting(.behind) else { return }
        guard entry.run.position < ledger.next else {
            unread.insert(Unread(position: entry.run.position, key: key))
            return
        }
        busy.insert(key)
        makeReady(head)
    }

    mutating func makeReady(_ key: RunKey) {
        if entries[key]?.state == .queued { queuedCount -= 1 }
        entries[key]?.state = .ready
        ready.append(key)
    }

    // MARK: Rebuilding

    /// Puts back a run of the waiting topic. Call it for the newest record of each run, in the order of their
    /// positions, then `restored` once. Its bytes may be left out; they are read again when it is due.
    ///
    /// - Parameter dueIn: what is left of its delay; nil where no time releases it.
    package mutating func restore(
        _ run: QueuedRun, cause: WaitCause, offset: Int64, dueIn: Duration?, now: Duration
    ) {
        // What nobody knows the outcome of waits for a decision, whatever it waited for before.
        let isInDoubt = doubts.contains(run.key)
        let cause = isInDoubt ? .held(.decision) : decisions[run.key] == nil ? cause : .behind
        let dueIn = isInDoubt ? nil : dueIn
        var entry = Entry(run: run, state: .waiting(cause), isParked: true, waitingOffset: offset)
        waitingCount += 1
        parkedBytes += run.byteCount
        if parkedBytes > payloadLimit {
            parkedBytes -= run.byteCount
            entry.run.record = nil
        }
        entries[run.key] = entry
        switch cause {
        case .held(let hold): held[hold, default: []].insert(run.key)
        case .lane(let gate):
            joinCrowd(run, Lane(store: run.store, gate: gate))
            if case .circuit? = gate { entries[run.key]?.isBacklog = true }
        case .retry, .behind, .wait: break
        }
        if let key = run.orderingKey, cause != .wait {
            chains.insert(run.key, key: key, position: run.position)
        }
        if let dueIn {
            due.insert(Due(time: now + max(dueIn, .zero), position: run.position, key: run.key, stamp: 0))
        }
    }

    /// Everything was put back: what is due or only behind somebody may go, and what is held by nothing any more.
    package mutating func restored(now: Duration, stillHolds: (Hold) -> Bool = { _ in false }) {
        release(now: now)
        for (key, entry) in entries.sorted(by: { $0.value.run.position < $1.value.run.position })
        where entry.state == .waiting(.behind) {
            if let orderingKey = entry.run.orderingKey { advance(orderingKey) } else { makeReady(key) }
        }
        releaseHeld { $0 != .decision && !stillHolds($0) }
    }
}
