import Flow
import Workers

// Runs that no time lets go: a pause, a connection that is missing, a decision that somebody has to take.

extension PartitionQueue {
    /// Lets held runs look again whose hold a change may have ended; so many at a time, and `nextDue` tells of the rest.
    package mutating func releaseHeld(_ mayEnd: (Hold) -> Bool = { !$0.isPersonal }) {
        for held in entries.held.values where mayEnd(held.hold) {
            if leaving.isEmpty {
                leaving = held.places
            } else {
                for place in held.places.elements { leaving.insert(place) }
            }
        }
        releaseLeaving()
    }

    mutating func releaseLeaving() {
        for _ in 0..<releaseLimit {
            guard let place = leaving.popFirst() else { return }
            // Its slot may be another's by now.
            guard let entry = entries[slot: place.slot], entry.run.position == place.position else {
                continue
            }
            releaseHeld(entry.run.key)
        }
    }

    /// Lets one run try again where it is held.
    package mutating func releaseHeld(_ key: RunKey) {
        if let entry = entries[key], entry.state == .waiting(.held) { letGo(key, entry) }
    }

    /// How many runs are held, by what holds them.
    package var heldCounts: [Hold: Int] {
        // Texts that an older or a newer version wrote may come to one hold.
        Dictionary(entries.held.values.map { ($0.hold, $0.places.count) }, uniquingKeysWith: +)
    }

    // MARK: Doubt

    /// The outcome of this run's last attempt is unknown, and it may not be sent again unasked. Call it before anything is
    /// restored or taken.
    package mutating func doubt(_ key: RunKey) {
        doubts.insert(key)
    }

    /// A predecessor may have sent this run, and nobody knows what came of it: the vendor is asked before it is sent again.
    /// Call it before anything is restored or taken.
    ///
    /// - Parameter delay: until it can be asked: whatever its predecessor sent is done by then.
    package mutating func suspect(_ key: RunKey, lookIn delay: Duration = .zero) {
        suspects[key] = delay
    }

    /// A predecessor wrote down what was decided. Call it before anything is restored or taken.
    package mutating func decided(_ key: RunKey, _ decision: Decision) {
        decisions[key] = decision
    }

    /// Takes the record of a decision about a run in doubt.
    ///
    /// - Returns: what to write; nil where the record was settled before or seen, so that it is not open now.
    package mutating func decide(_ offset: Int64, _ key: RunKey, _ decision: Decision) -> [Effect]? {
        let taken = ledger.take(offset)
        advanceRead()
        guard taken == .open else { return nil }
        ledger.settle(offset)
        let settled = Effect.settle(offset, bytes: 0, store: "")
        // Otherwise nobody asks any more.
        let hold: Hold = decision == .release ? .deadLetter : .decision
        guard decisions[key] == nil, entries[key]?.cause == .held(hold) else { return [settled] }
        decisions[key] = decision
        doubts.remove(key)
        releaseHeld(key)
        return [settled, .decided(key, decision)]
    }

    // MARK: After a dead letter

    /// How long a key waits for what becomes of a dead letter, at most: as long as the letter is there.
    package static let letterLimit = Duration.seconds(30 * 86_400)

    /// A dead letter that was sent again stands where the run stood that kept its key's place.
    ///
    /// - Returns: what to write; nil where no such run waits.
    mutating func takePlace(_ run: QueuedRun) -> [Effect]? {
        let former = RunKey(id: run.key.id, replay: run.key.replay - 1)
        guard let keeper = entries[former], keeper.cause == .held(.deadLetter), decisions[former] == nil
        else { return nil }
        let settled = settle(run)
        part(keeper)
        entries[former] = nil
        remember(former)
        parkedBytes += run.byteCount - keeper.run.byteCount
        if let key = keeper.run.orderingKey { chains.remove(key: key, position: keeper.run.position) }
        var entry = Entry(
            run: run.moved(to: keeper.run.position), state: .queued, isParked: true, stamp: keeper.stamp)
        entries[run.key] = entry
        if let key = keeper.run.orderingKey { join(key, entry.run) }
        let parked = park(&entry, doubts.contains(run.key) ? .held(.decision) : .behind, delay: nil)
        if let key = keeper.run.orderingKey { advance(key) }
        return settled + [.unpark(former)] + parked
    }
}
