import Flow
import Workers

// Lanes: runs that wait for their store's room, or at a gate that holds up more of them than memory should.

extension PartitionQueue {
    /// Lanes that have members.
    package var lanes: some Collection<Lane> { crowds.keys }

    /// Lets a lane's longest waiting runs go, until so many may begin.
    ///
    /// - Returns: whether more of them wait.
    package mutating func release(_ lane: Lane, _ limit: Int) -> Bool {
        let before = ready.count
        var looks = 0
        while ready.count - before < limit, looks < releaseLimit, let place = crowds[lane]?.popFirst() {
            looks += 1
            guard let entry = entries[slot: place.slot], entry.cause == .lane(lane.gate) else { continue }
            letGo(entry.run.key, entry)
        }
        if crowds[lane]?.isEmpty == true { crowds[lane] = nil }
        return crowds[lane] != nil
    }

    /// Mostly at the end; a run that is read again after a restart stands before later ones.
    mutating func joinCrowd(_ run: QueuedRun, _ lane: Lane) {
        guard let slot = entries.slot(of: run.key) else { return }
        crowds[lane, default: SortedBlocks()].insert(.init(position: run.position, slot: slot))
    }

    // MARK: Gates

    /// A run that was begun has to wait a moment at a gate: it may begin again.
    ///
    /// - Parameter isBroken: its endpoint doesn't work, so that it is made up for later.
    package mutating func stepBack(_ key: RunKey, isBroken: Bool = false) {
        guard var entry = entries[key], entry.state == .running else { return }
        runningCount -= 1
        entry.state = .ready
        if isBroken { entry.isBacklog = true }
        entries[key] = entry
    }

    /// A run that was begun can't go for a longer time: it waits in a lane, and its followers behind it.
    package mutating func moveAside(_ key: RunKey, to gate: Gate, isBroken: Bool = false) -> [Effect] {
        guard var entry = entries[key], entry.state == .running else { return [] }
        runningCount -= 1
        if let orderingKey = entry.run.orderingKey { busy.remove(orderingKey) }
        if isBroken { entry.isBacklog = true }
        guard entry.isParked else {
            return park(&entry, .lane(gate), delay: nil) + parkFollowers(of: entry.run, isBacklog: isBroken)
        }
        // Its record is in the waiting topic as it is: after a restart it comes to the gate again.
        entry.state = .waiting(gate.reason)
        entry.detail = gate.text
        if parkedBytes > payloadLimit, entry.waitingOffset != nil {
            parkedBytes -= entry.run.byteCount
            entry.run.record = nil
        }
        entries[key] = entry
        joinCrowd(entry.run, Lane(store: entry.run.store, gate: gate))
        return parkFollowers(of: entry.run, isBacklog: isBroken)
    }

    /// Whether a run was tried before, or held back by a broken endpoint.
    package func isRepeat(_ key: RunKey) -> Bool {
        guard let entry = entries[key] else { return false }
        return entry.isBacklog || entry.run.attempts > 0
    }

    // MARK: The head of the line

    /// Moves what keeps the frontier from going on into the waiting topic: runs that wait their turn in memory, and a
    /// request that is on the wire, which goes on.
    package mutating func moveHeadAside() -> [Effect] {
        guard let key = openRuns[ledger.frontier], var entry = entries[key], !entry.isParked,
            entry.run.record != nil
        else { return [] }
        switch entry.state {
        case .running, .ready:
            let state = entry.state
            let effects = park(&entry, .behind, delay: nil)
            entries.change(key, to: state)
            return effects
        case .queued: return park(&entry, .behind, delay: nil)
        case .loading, .waiting: return []
        }
    }
}
