import Flow
import Kafka
import Liquid
import Pipeline
import Workers

/// What really happened, and what must hold of it: told of every record that Kafka has taken for good, of every commit
/// and of every request, it throws at the first invariant that does not hold.
///
/// The invariants, numbered as in `docs/Guarantees.md`:
/// - S1: nothing is lost: what a commit leaves behind has its end or waits in the waiting topic, where no floor passes it.
/// - S2: exactly once inside the log: one decision per event, one action record, one end and one letter per run.
/// - S3: a key's runs reach the app in the order of their positions.
/// - S4: no run goes before its delay has passed by the broker's clock.
/// - S5: an attempt is made again only where a crash or a loss had it open, as often as that happened.
/// - S6: attempts count on, whoever makes them.
/// - S7: commits never go back, and their maps fit into a commit's metadata.
/// - S8: at the end all is settled, and nobody holds anything in memory.
/// - S9: an attempt that must not be repeated unasked is not, unless somebody decides so.
/// - S10: behind a dead letter that holds its key nothing goes before somebody resolves it.
/// - S11: what is looked for before it is sent again is done once, and once more for each decision to send it.
final class Truth {
    let layout: Layout
    let topics: Topics
    let mode: DeliveryMode
    /// Takes a lot of time of the whole if it is asked for by its topic each time.
    private let actionPartitions: Set<Int>
    var runs: [RunKey: RunTruth] = [:]
    /// Of each action partition, by position.
    var order: [Int: [RunTruth]] = [:]
    /// Where the newest record of each key lies in each waiting partition, unless that is a tombstone.
    var waitingKeys: [Int: [[UInt8]: Int64]] = [:]
    private var frontiers: [[Int: Int64]] = [[:], [:]]
    let events: EventTruth
    /// Letters of runs of which nobody has decided what becomes of them.
    var letters: [DeadLetter] = []
    /// Copies that a producer outside wrote on purpose.
    var expectedCopies: [RunKey: Int] = [:]
    private var tally = Tally()
    /// Whether runs of one app are looked for before they are sent again.
    var looks = false
    /// Runs whose place has changed since the last check.
    var unchecked: [RunTruth] = []

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

    var isExactlyOnce: Bool { mode == .exactlyOnce }

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
        try checkFloor(of: commit, partition)
        let map = SettledMap(metadata: commit.metadata, frontier: commit.offset)
        if !map.ranges.isEmpty { saw("commit with a map") }
        for run in order[partition] ?? [] where !run.isCovered {
            guard
                run.offset < commit.offset
                    || map.ranges.contains(where: { $0.contains(run.offset) })
            else { continue }
            run.isCovered = true
            unchecked.append(run)
        }
    }

    /// S1: what a successor will not read of a waiting topic is replaced or ended there.
    private func checkFloor(of commit: OffsetCommit, _ partition: Int) throws {
        guard let floor = SettledMap.floor(in: commit.metadata) else { return }
        let waiting = layout.waiting(of: partition)
        guard let first = waitingKeys[waiting]?.values.min() else { return }
        guard floor <= first else {
            throw Violation(
                "S1: \(layout.partitions[waiting]) is to be read from \(floor), and the record at \(first) counts"
            )
        }
        saw("floor below a record that waits")
    }

    /// S1: what is neither open nor waiting has its end. Called when all that was decided at once is told.
    func check() throws {
        for run in unchecked where run.isCovered && run.waiting == nil {
            guard run.hasEnd else {
                throw Violation("S1: run \(run.name) is committed, has no end and waits nowhere")
            }
            guard run.letters > 0 || !run.needsLetter else {
                throw Violation("S2: run \(run.name) failed for good, and left no letter")
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
        try move(run, to: queued.position)
        if run.isReplay, let former = former(of: run), former.position == run.position {
            former.endedIn.insert(tenure)
        }
        if isCurrent {
            try checkTime(run, queued, now)
            try checkKeepers(before: run)
        } else {
            // Whoever owns the partition may do the same.
            tally.unnoticed += 1
            run.allowance += 1
            run.strayAttempts += 1
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
        if run.isAsking, run.attempts.contains(queued.attempts), !run.isHaunted {
            run.permissions -= 1
            saw("run sent again by decision")
            guard run.permissions >= 0 else {
                throw Violation("S9: run \(run.name) is sent again, and nobody was asked")
            }
        }
        run.attempts.insert(queued.attempts)
        run.startedIn.insert(tenure)
        return run
    }

    /// S10: nothing of a key goes before somebody resolved the letter that holds it.
    private func checkKeepers(before run: RunTruth) throws {
        guard let key = run.orderingKey, !run.isHaunted else { return }
        for other in order[run.partition] ?? [] where other.orderingKey == key && other.keepsPlace {
            guard other.position < run.position else { break }
            guard other.isReleased || other.isReplayed || other.isHaunted else {
                throw Violation("S10: run \(run.name) goes while \(other.name) holds its key with its letter")
            }
        }
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

    /// How often the app has done what a run is for, under its id, whichever copy asked.
    func acts(_ run: RunTruth) -> Int { copies(of: run).reduce(0) { $0 + $1.actedCount } }

    private func copies(of run: RunTruth) -> [RunTruth] {
        (0...3).compactMap { runs[RunKey(id: run.key.id, replay: $0)] }
    }

    /// The app does what a run is for.
    func acted(_ run: RunTruth) throws {
        run.actedCount += 1
        guard looks, topics.connector(ofActions: layout.partitions[run.partition].topic) == World.looking
        else { return }
        let copies = copies(of: run)
        guard !copies.contains(where: \.isHaunted) else { return }
        let allowed = copies.reduce(1) { $0 + $1.permissions + $1.strayAttempts }
        guard acts(run) <= allowed else {
            throw Violation("S11: the app did run \(run.name) \(acts(run)) times, and nobody wanted that")
        }
    }

    /// A request arrives at the app.
    func arrived(_ run: RunTruth, by tenure: Int, isOrphan: Bool) throws {
        run.arrivals += 1
        guard !isOrphan else {
            tally.orphans += 1
            return
        }
        guard let key = run.orderingKey else { return }
        for other in order[run.partition] ?? [] where other.orderingKey == key {
            guard other.position < run.position else { break }
            // Behind a `wait` step a run joins its key when the wait is over.
            if other.isDelayed, !other.startedIn.contains(tenure) { continue }
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
