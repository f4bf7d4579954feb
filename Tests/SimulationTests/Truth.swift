import Flow
import Kafka
import Liquid
import Pipeline
import Workers

/// What really happened, and what must hold of it: told of every record that Kafka has taken for good, of every commit
/// and of every request, it throws at the first invariant that does not hold.
///
/// The invariants, numbered as in `docs/Guarantees.md`:
/// - S1: nothing is lost: what a commit leaves behind has its end or waits in the waiting topic.
/// - S2: exactly once inside the log: one decision per event, one action record and one end per run.
/// - S3: a key's runs reach the app in the order of their positions.
/// - S4: no run goes before its delay has passed by the broker's clock.
/// - S5: an attempt is made again only where a crash or a loss had it open, as often as that happened.
/// - S6: attempts count on, whoever makes them.
/// - S7: commits never go back, and their maps fit into a commit's metadata.
/// - S8: at the end all is settled, and nobody holds anything in memory.
final class Truth {
    let layout: Layout
    let topics: Topics
    let mode: DeliveryMode
    /// Takes a lot of time of the whole if it is asked for by its topic each time.
    private let actionPartitions: Set<Int>
    private var runs: [RunKey: RunTruth] = [:]
    /// Of each action partition, by position.
    private var order: [Int: [RunTruth]] = [:]
    private var waitingKeys: [Int: Set<[UInt8]>] = [:]
    private var frontiers: [[Int: Int64]] = [[:], [:]]
    let events: EventTruth
    /// Copies that a producer outside wrote on purpose.
    var expectedCopies: [RunKey: Int] = [:]
    private var tally = Tally()
    /// Runs whose place has changed since the last check.
    private var unchecked: [RunTruth] = []

    /// What the documented exceptions came to, counted apart.
    struct Tally: Sendable {
        var requests = 0
        /// Requests of runs that a process that had lost the partition wrote about at least once.
        var haunted = 0
        var repeats = 0
        /// Requests that were on the wire when their process lost the partition, or was killed.
        var orphans = 0
        /// Requests that a process began before it noticed that it had lost the partition.
        var unnoticed = 0

        /// Everything else that came up, by name: a simulation that no longer meets something doesn't test it.
        var sights: [String: Int] = [:]

        static func + (left: Tally, right: Tally) -> Tally {
            Tally(
                requests: left.requests + right.requests, haunted: left.haunted + right.haunted,
                repeats: left.repeats + right.repeats,
                orphans: left.orphans + right.orphans, unnoticed: left.unnoticed + right.unnoticed,
                sights: left.sights.merging(right.sights, uniquingKeysWith: +))
        }
    }

    var counts: Tally { tally }

    func saw(_ sight: String) {
        tally.sights[sight, default: 0] += 1
    }

    init(layout: Layout, topics: Topics, mode: DeliveryMode) {
        self.layout = layout
        self.topics = topics
        self.mode = mode
        actionPartitions = Set(layout.actions.joined())
        events = EventTruth(layout: layout, mode: mode)
    }

    private var isExactlyOnce: Bool { mode == .exactlyOnce }

    // MARK: Records

    /// Kafka has taken a record for good.
    func appended(_ entry: SimulatedPartition.Entry, to partition: Int) throws {
        if actionPartitions.contains(partition) {
            try action(entry, partition)
        } else if layout.triggers.contains(partition) {
            try events.appended(entry, to: partition)
        } else if partition == layout.runs {
            try report(entry.record)
        } else if partition == layout.dead {
            try letter(entry.record)
        } else {
            try waiting(entry, partition)
        }
    }

    private func action(_ entry: SimulatedPartition.Entry, _ partition: Int) throws {
        guard let queued = QueuedRun(action: entry.record, position: entry.offset) else {
            events.expectLetter(of: partition, entry.offset)
            return
        }
        if let known = runs[queued.key] {
            saw("copy of an action record")
            if isExactlyOnce {
                expectedCopies[queued.key, default: 0] -= 1
                guard expectedCopies[queued.key, default: 0] >= 0 else {
                    throw Violation("S2: a second action record of run \(known.name)")
                }
            }
            return
        }
        let run = RunTruth(
            queued, partition: partition,
            isDelayed: entry.record.header(HeaderName.delay) != nil, number: runs.count)
        runs[queued.key] = run
        let place = order[partition]?.lastIndex { $0.position < run.position }.map { $0 + 1 } ?? 0
        order[partition, default: []].insert(run, at: place)
    }

    private func waiting(_ entry: SimulatedPartition.Entry, _ partition: Int) throws {
        guard let key = entry.record.key else { return }
        guard let run = RunKey(waitingKey: key).flatMap({ runs[$0] }) else {
            if entry.record.value != nil {
                waitingKeys[partition, default: []].insert(key)
                events.expectLetter(of: partition, entry.offset)
            } else {
                waitingKeys[partition]?.remove(key)
            }
            return
        }
        guard entry.record.value != nil else {
            run.waiting = nil
            waitingKeys[partition]?.remove(key)
            unchecked.append(run)
            return
        }
        guard let note = WaitingNote(entry.record) else {
            throw Violation("the waiting record of run \(run.name) can't be read")
        }
        guard note.run.position == run.position else {
            throw Violation("S3: run \(run.name) waits with the place \(note.run.position)")
        }
        saw("waiting \(note.reason.rawValue)")
        run.waiting = RunTruth.Waiting(
            attempts: note.run.attempts, time: entry.time,
            due: note.delay.map { entry.time + $0.milliseconds * 1000 })
        waitingKeys[partition, default: []].insert(key)
    }

    private func report(_ record: WireRecord) throws {
        guard let value = record.value, let report = RunRecord(value: try JSONParser.parse(value)) else {
            throw Violation("a runs record can't be read")
        }
        switch report {
        case .event(let event):
            saw("event \(event.refused ?? (event.skipped.isEmpty ? "matched" : "skipped"))")
            try events.reported(event)
        case .end(let end):
            saw("end \(end.end.rawValue)")
            try events.ended(end)
        case .attempt(let attempt):
            saw("attempt \(attempt.outcome)")
            guard let end = attempt.end,
                let run = runs[RunKey(id: attempt.actionRun, replay: attempt.replay)]
            else { return }
            if isExactlyOnce, run.hasEnd { throw Violation("S2: a second end of run \(run.name)") }
            run.hasEnd = true
            if end == .succeeded, run.actedCount == 0 {
                throw Violation("S1: run \(run.name) ended well, and its app never heard of it")
            }
        }
    }

    private func letter(_ record: WireRecord) throws {
        guard let letter = DeadLetter(record) else { throw Violation("a letter can't be read") }
        saw("letter \(letter.stage.rawValue)")
        // The end of a run that can't be read; others report theirs.
        if letter.stage == .action, let id = letter.actionRun {
            runs[RunKey(id: id, replay: 0)]?.hasEnd = true
        }
        try events.lettered(letter)
    }

    // MARK: Commits

    func committed(_ commit: OffsetCommit, of partition: Int, by role: SimulatedCluster.Role) throws {
        let former = frontiers[role.rawValue][partition] ?? 0
        guard commit.offset >= former else {
            throw Violation(
                "S7: the commit of \(layout.partitions[partition]) goes back from \(former) to \(commit.offset)"
            )
        }
        frontiers[role.rawValue][partition] = commit.offset
        if role == .matcher {
            try events.committed(commit.offset, of: partition)
            return
        }
        if let metadata = commit.metadata, metadata.utf8.count > 4096 {
            throw Violation("S7: \(metadata.utf8.count) bytes of metadata")
        }
        if commit.metadata != nil { saw("commit with a map") }
        let map = SettledMap(metadata: commit.metadata, frontier: commit.offset)
        for run in order[partition] ?? [] where !run.isCovered {
            guard
                run.position < commit.offset
                    || map.ranges.contains(where: { $0.contains(run.position) })
            else { continue }
            run.isCovered = true
            unchecked.append(run)
        }
    }

    /// S1: what is neither open nor waiting has its end. Called when all that was decided at once is told.
    func check() throws {
        for run in unchecked where run.isCovered && run.waiting == nil {
            guard run.hasEnd else {
                throw Violation("S1: run \(run.name) is committed, has no end and waits nowhere")
            }
            run.isGone = true
        }
        unchecked.removeAll(keepingCapacity: true)
    }

    // MARK: Requests

    /// A process begins an attempt.
    ///
    /// - Parameter isCurrent: the group knows it as the partition's owner.
    func began(_ queued: QueuedRun, by tenure: Int, isCurrent: Bool, at now: Int64) throws -> RunTruth {
        guard let run = runs[queued.key] else { throw Violation("a run that nobody wrote is sent") }
        if run.isHaunted { tally.haunted += 1 } else { tally.requests += 1 }
        if isCurrent {
            try checkTime(run, queued, now)
        } else {
            // Whoever owns the partition may do the same.
            tally.unnoticed += 1
            run.allowance += 1
        }
        if run.attempts.contains(queued.attempts) {
            run.repeats += 1
            tally.repeats += 1
            guard run.repeats <= run.allowance else {
                throw Violation(
                    "S5: attempt \(queued.attempts + 1) of run \(run.name) is made again, and \(run.allowance) "
                        + "crashes and losses explain no more")
            }
        }
        run.attempts.insert(queued.attempts)
        return run
    }

    private func checkTime(_ run: RunTruth, _ queued: QueuedRun, _ now: Int64) throws {
        // What a process wrote that had lost the partition may have replaced the newest record.
        guard !run.isHaunted else { return }
        if let due = run.waiting?.due, now < due {
            throw Violation("S4: run \(run.name) goes \(due - now) µs early")
        }
        if run.isDelayed, run.waiting == nil { throw Violation("S4: run \(run.name) goes without its wait") }
        guard queued.attempts == run.waiting?.attempts ?? 0 else {
            throw Violation(
                "S6: run \(run.name) begins with \(queued.attempts) attempts, \(run.waiting?.attempts ?? 0) were "
                    + "made")
        }
    }

    /// A request arrives at the app.
    func arrived(_ run: RunTruth, by tenure: Int, isOrphan: Bool) throws {
        run.arrivals += 1
        guard !isOrphan else {
            tally.orphans += 1
            return
        }
        guard let key = run.orderingKey, !run.isDelayed else { return }
        for other in order[run.partition] ?? [] where other.orderingKey == key && !other.isDelayed {
            guard other.position < run.position else { break }
            guard other.isGone || other.endedIn.contains(tenure) else {
                throw Violation("S3: run \(run.name) reaches the app before \(other.name) of its key is over")
            }
        }
    }

    /// A crash or a loss: what was open there may be done again.
    func lost(_ keys: [RunKey]) {
        for key in keys { runs[key]?.allowance += 1 }
    }

    /// A process that had lost the partition wrote waiting records at least once: nobody refuses them, so that runs may
    /// come back with the attempts of that time.
    func haunted(_ key: RunKey, repeats: Int) {
        runs[key]?.isHaunted = true
        runs[key]?.allowance += repeats
    }

    func run(_ key: RunKey) -> RunTruth? { runs[key] }

    /// The action record of a run, for who copies it.
    var partitionsWithRuns: [(partition: Int, position: Int64, key: RunKey)] {
        layout.actions.joined().flatMap { partition in
            (order[partition] ?? []).map { (partition, $0.position, $0.key) }
        }
    }

    // MARK: The end

    /// Every event and every run is over. What a process that had lost the partition left in the waiting topics, and what
    /// can't be read there, stays until a sender begins.
    var isOver: Bool { runs.values.allSatisfy(\.isOver) && events.isOver(but: layout.waitings) }

    func checkOver() throws {
        for run in order.values.joined() where !run.isOver {
            throw Violation("S8: run \(run.name) stays (\(run.state))")
        }
        try events.checkOver(but: layout.waitings)
    }

    var isSettled: Bool { isOver && waitingKeys.values.allSatisfy(\.isEmpty) && events.isOver(but: []) }

    func checkSettled() throws {
        try checkOver()
        for (partition, keys) in waitingKeys where !keys.isEmpty {
            throw Violation("S8: \(keys.count) records stay in \(layout.partitions[partition])")
        }
        try events.checkOver(but: [])
    }
}
