import DequeModule
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
        while ready.count - before < limit, let key = crowds[lane]?.popFirst() {
            guard let entry = entries[key], entry.state == .waiting(.lane(lane.gate)) else { continue }
            letGo(key, entry)
        }
        if crowds[lane]?.isEmpty == true { crowds[lane] = nil }
        return crowds[lane] != nil
    }

    func hasMembers(_ lane: Lane) -> Bool { crowds[lane] != nil }

    /// Mostly at the end; a run that is read again after a restart stands before later ones.
    mutating func joinCrowd(_ run: QueuedRun, _ lane: Lane) {
        var crowd = crowds.removeValue(forKey: lane) ?? []
        let place = crowd.lastIndex { (entries[$0]?.run.position ?? 0) < run.position }.map { $0 + 1 } ?? 0
        crowd.insert(run.key, at: place)
        crowds[lane] = crowd
    }

    // MARK: Gates

    /// A run that was begun has to wait a moment at a gate: it may begin again.
    ///
    /// - Parameter isBroken: its endpoint doesn't work, so that it is made up for later.
    package mutating func stepBack(_ key: RunKey, isBroken: Bool = false) {
        guard entries[key]?.state == .running else { return }
        runningCount -= 1
        entries[key]?.state = .ready
        if isBroken { entries[key]?.isBacklog = true }
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
        entry.state = .waiting(.lane(gate))
        entries[key] = entry
        joinCrowd(entry.run, Lane(store: entry.run.store, gate: gate))
        if parkedBytes > payloadLimit, entry.waitingOffset != nil {
            parkedBytes -= entry.run.byteCount
            entries[key]?.run.record = nil
        }
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
        let head = ledger.frontier
        guard let key = openRuns[head], var entry = entries[key], !entry.isParked, entry.run.record != nil
        else { return [] }
        switch entry.state {
        case .running, .ready:
            let state = entry.state
            let effects = park(&entry, .behind, delay: nil)
            entries[key]?.state = state
            return effects
        case .queued:
            queuedCount -= 1
            return park(&entry, .behind, delay: nil)
        case .loading, .waiting: return []
        }
    }
}
