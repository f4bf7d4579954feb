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
                case .waiting(let reason) = entry.state
            else { continue }
            entries[first.key]?.state = .waiting(.behind)
            guard let key = entry.run.orderingKey else {
                makeReady(first.key)
                continue
            }
            if reason == .wait { chains.insert(first.key, key: key, position: entry.run.position) }
            advance(key)
        }
    }

    /// Lets every held run try again: what held it may have changed.
    package mutating func releaseHeld() {
        let positions = held.map { ($0, entries[$0]?.run.position ?? 0) }
        for (key, _) in positions.sorted(by: { $0.1 < $1.1 }) { releaseHeld(key) }
    }

    /// Stores that have runs waiting for room.
    package var crowdedStores: some Collection<String> { crowds.keys }

    /// Lets a store's longest waiting runs go, so many at most.
    ///
    /// - Returns: whether more of them wait.
    package mutating func releaseCrowd(of store: String, _ limit: Int) -> Bool {
        for _ in 0..<limit {
            guard let key = crowds[store]?.popFirst() else { break }
            if let entry = entries[key], entry.state == .waiting(.crowded) { letGo(key, entry) }
        }
        if crowds[store]?.isEmpty == true { crowds[store] = nil }
        return crowds[store] != nil
    }

    /// Mostly at the end; a run that is read again after a restart stands before later ones.
    mutating func joinCrowd(_ run: QueuedRun) {
        var crowd = crowds.removeValue(forKey: run.store) ?? []
        let place = crowd.lastIndex { (entries[$0]?.run.position ?? 0) < run.position }.map { $0 + 1 } ?? 0
        crowd.insert(run.key, at: place)
        crowds[run.store] = crowd
    }

    /// A run that waited for something of its own now only waits for its place.
    mutating func letGo(_ key: RunKey, _ entry: Entry) {
        entries[key]?.state = .waiting(.behind)
        if let orderingKey = entry.run.orderingKey { advance(orderingKey) } else { makeReady(key) }
    }

    /// Lets one run try again where it is held.
    package mutating func releaseHeld(_ key: RunKey) {
        guard held.remove(key) != nil, let entry = entries[key], entry.state == .waiting(.held) else {
            return
        }
        letGo(key, entry)
    }

    /// The head of a key goes when it is only its place that it waits for.
    mutating func advance(_ key: String) {
        guard !busy.contains(key), let head = chains.head(of: key), let entry = entries[head] else { return }
        guard entry.state == .queued || entry.state == .waiting(.behind) else { return }
        guard entry.run.position < ledger.next else {
            unread.insert(Unread(position: entry.run.position, waiter: .key(key)))
            return
        }
        busy.insert(key)
        makeReady(head)
    }

    mutating func makeReady(_ key: RunKey) {
        // At least once a predecessor may have parked it, and died before it committed so.
        if let position = entries[key]?.run.position, ledger.isStillToCome(position) {
            unread.insert(Unread(position: position, waiter: .run(key)))
            return
        }
        entries[key]?.state = .ready
        ready.append(key)
    }

    // MARK: Rebuilding

    /// Puts back a run of the waiting topic. Call it for the newest record of each run, in the order of their
    /// positions, then `restored` once. Its bytes may be left out; they are read again when it is due.
    ///
    /// - Parameter dueIn: what is left of its delay; nil where no time releases it.
    package mutating func restore(
        _ run: QueuedRun, reason: WaitReason, offset: Int64, dueIn: Duration?, now: Duration
    ) {
        var entry = Entry(run: run, state: .waiting(reason), isParked: true, waitingOffset: offset)
        waitingCount += 1
        parkedBytes += run.byteCount
        if parkedBytes > payloadLimit {
            parkedBytes -= run.byteCount
            entry.run.record = nil
        }
        entries[run.key] = entry
        if reason == .held { held.insert(run.key) }
        if reason == .crowded { joinCrowd(run) }
        if let key = run.orderingKey, reason != .wait {
            chains.insert(run.key, key: key, position: run.position)
        }
        if let dueIn {
            due.insert(Due(time: now + max(dueIn, .zero), position: run.position, key: run.key, stamp: 0))
        }
    }

    /// Everything was put back: what is due or only behind somebody may go.
    package mutating func restored(now: Duration) {
        release(now: now)
        for (key, entry) in entries.sorted(by: { $0.value.run.position < $1.value.run.position })
        where entry.state == .waiting(.behind) {
            if let orderingKey = entry.run.orderingKey { advance(orderingKey) } else { makeReady(key) }
        }
        releaseHeld()
    }
}
