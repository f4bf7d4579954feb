import Connectors
import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

/// A sender's board, with the steps of `SenderSession`, `WaitingRebuild` and `ActionAttempts` around it.
///
/// Its files are the only ones here that know `SendBoard` and `PartitionQueue`, and where bugs are planted.
final class SendCore: RoleCore {
    /// Small ones, so that each limit is reached.
    struct Limits {
        var open = 8
        var concurrency = 3
        var payloadBytes = 2_000
        var followers = 2
        var loads = 1
        /// Vendors' limits, circuits and the budget of repeats hold runs up.
        var hasGates = false
        /// Connections say that keys wait behind dead letters.
        var holdsKeys = false
        /// Runs of one app are looked for there before they are sent again.
        var looks = false
    }

    let world: World
    let cluster: SimulatedCluster
    let vendor: SimulatedVendor
    let truth: Truth
    let trace: Trace
    unowned let process: SimulatedProcess
    /// The local clock's distance to the brokers', ms.
    let skew: Int64
    let limits: Limits
    let bug: PlantedBug?
    var board: SendBoard
    var tenure = 0
    var states: [Int: WaitingState]?
    /// What of the registry's pauses it has read.
    var pauses: World.Pauses
    var isStopped = false
    private var batch: SendBoard.Batch?
    /// Attempts that wait for their notes to be written.
    var noting: [SimulatedVendor.Request] = []
    /// What has to be read again, until its transactions are over.
    var wanted: SendBoard.Loads?
    // Attempts whose outcome is not committed: on the wire, ended, and ended in the write that is on its way.
    var onWire: [RunKey] = []
    var finished: [RunKey] = []
    var writing: [RunKey] = []

    /// Delays, with the jitter of halves and the ages of even milliseconds, are whole milliseconds: what a record says of
    /// them is exact, and so is what is checked.
    /// Longer than the app may take to do what it was sent, answered or not.
    static let lookUpDelay = Duration.seconds(17)
    static let retry = RetryPolicy(
        base: .milliseconds(1600), factor: 2, cap: .seconds(20), jitter: 0.25, maxAttempts: 3)

    init(
        world: World, cluster: SimulatedCluster, vendor: SimulatedVendor, truth: Truth, trace: Trace,
        process: SimulatedProcess, skew: Int64, limits: Limits, bug: PlantedBug?
    ) {
        self.world = world
        self.cluster = cluster
        self.vendor = vendor
        self.truth = truth
        self.trace = trace
        self.process = process
        self.skew = skew
        self.limits = limits
        self.bug = bug
        pauses = vendor.pauses
        board = SendBoard(
            topics: world.topics, openLimit: limits.open, openBytes: 1 << 20,
            gates: SendGates(
                .init(
                    circuit: .init(failures: 2, pause: .seconds(1), pauseCap: .seconds(4), width: 2),
                    sharedFailures: 3, budget: .init(share: 0.3, floor: 0.5))),
            isAtomic: cluster.mode == .exactlyOnce,
            directions: limits.hasGates ? .init(route: { Self.route($0) }) : .init())
    }

    private static func route(_ run: QueuedRun) -> Route {
        guard let type = run.record?.header(HeaderName.type), let connector = type.split(separator: ".").first
        else { return .open }
        let allowance = Allowance(
            name: "\(connector) \(run.store)", limit: RateLimit(requests: 2, seconds: 1, burst: 2))
        return Route(
            allowances: connector == "a" ? [allowance] : [], connector: String(connector), store: run.store,
            origin: "https://\(connector).example.com")
    }

    /// Monotonic.
    var now: Duration { .microseconds(cluster.now) }
    var localTime: Int64 { cluster.milliseconds + skew }

    // MARK: Work

    var hasRoom: Bool { !board.open.isFull && !board.isMapNearlyFull() }

    func take(_ batch: ConsumerBatch) throws -> Bool {
        let isTaken = board.take(batch, time: "t")
        guard isTaken || batch.generation != board.generation || board.isRevoking else {
            throw Violation("a batch of the current assignment has no queue")
        }
        return isTaken
    }

    func work(using random: inout SplitMix64) throws -> Bool {
        if pauses != vendor.pauses, Int.random(in: 0..<3, using: &random) == 0 {
            let changes = pauses.changes(to: vendor.pauses)
            pauses = vendor.pauses
            board.releaseHeld(Bool.random(using: &random) ? changes : nil)
            trace.note("\(process.label) reads that \(pauses) is paused")
            return true
        }
        if !board.hasPending, Int.random(in: 0..<16, using: &random) == 0 {
            board.commitEnds()
            if board.hasPending { return true }
        }
        let time = bug == .earlyRetry ? now + .milliseconds(400) : now
        if let due = board.nextDue(), due <= time {
            board.release(now: time)
            return true
        }
        if try load() { return true }
        if try sendNoted() { return true }
        if Int.random(in: 0..<40, using: &random) == 0, moveHeadAside() { return true }
        guard !isStopped, onWire.count + noting.count < limits.concurrency,
            let work = board.next(now: now)
        else { return false }
        try begin(work, using: &random)
        return true
    }

    /// What a board does where a map is nearly full: none here becomes so long.
    private func moveHeadAside() -> Bool {
        for (partition, epoch) in board.table.assignments {
            let effects = board.table.with(partition, epoch: epoch) { $0.moveHeadAside() } ?? []
            guard !effects.isEmpty else { continue }
            truth.saw("head moved aside")
            trace.note("\(process.label) moves the head of \(partition) aside")
            board.record(effects, [], partition, epoch)
            board.note(partition, epoch)
            return true
        }
        return false
    }

    /// Whoever kept a key's place had its time in the queue until its letter would be gone; nobody waits for that here.
    static let month = Duration.seconds(20 * 86_400)

    var hasTimer: Bool {
        var board = board
        return board.nextDue().map { $0 - now < Self.month } ?? false
    }

    private func load() throws -> Bool {
        wanted = wanted ?? board.takeLoads()
        guard let loads = wanted else { return false }
        let number = cluster.layout.number(of: loads.partition).map { cluster.layout.waiting(of: $0) } ?? 0
        let waiting = cluster.partitions[number]
        guard loads.loads.allSatisfy({ $0.offset < waiting.stableEnd }) else { return false }
        wanted = nil
        truth.saw("bytes read again")
        let found = loads.loads.compactMap { load in
            waiting.entry(at: load.offset).map { (load.key, $0.record) }
        }
        // What a process without the partition wrote at least once may have taken a record's place.
        let isExplained = loads.loads.contains { truth.run($0.key)?.isHaunted == true }
        if found.count < loads.loads.count, process.isCurrent, !isExplained {
            throw Violation("S1: the bytes of a waiting run are gone (\(cluster.mode.rawValue))")
        }
        if found.count < loads.loads.count {
            process.restart("a waiting record is gone")
        } else {
            board.loaded(loads, found)
        }
        return true
    }

    // MARK: Writing

    var isDrained: Bool {
        let partitions = Set(board.table.assignments.map(\.partition))
        return board.running(in: partitions) == 0 && !board.hasPending
    }

    func takeWrite(using random: inout SplitMix64) -> RoleWrite? {
        var batch = board.takeBatch(notesStarts: Bool.random(using: &random))
        if bug == .lostFollower { batch.writes.removeAll { $0.parked?.cause == .behind } }
        if bug == .lostLetter { batch.writes.removeAll(where: isLetterOfRun) }
        if bug == .secondLetter { batch.writes += batch.writes.filter(isLetterOfRun) }
        if bug == .commitPastGap { batch.offsets = batch.offsets.map(pastGap) }
        if bug == .highFloor { batch.offsets = batch.offsets.map(aboveFloor) }
        guard !batch.writes.isEmpty || !batch.offsets.isEmpty else { return nil }
        self.batch = batch
        writing = finished
        finished = []
        return RoleWrite(records: batch.writes.map(\.record), offsets: batch.offsets)
    }

    private func isLetterOfRun(_ write: SendBoard.Write) -> Bool {
        DeadLetter(write.record).map { $0.stage == .rejected || $0.stage == .exhausted } ?? false
    }

    private func pastGap(_ commit: OffsetCommit) -> OffsetCommit {
        var table = board.table
        guard let epoch = table.epoch(of: commit.topicPartition) else { return commit }
        let next = table.with(commit.topicPartition, epoch: epoch) { $0.ledger.next }
        return OffsetCommit(topicPartition: commit.topicPartition, offset: next ?? commit.offset)
    }

    private func aboveFloor(_ commit: OffsetCommit) -> OffsetCommit {
        guard let floor = SettledMap.floor(in: commit.metadata) else { return commit }
        let map = SettledMap(metadata: commit.metadata, frontier: commit.offset)
        return OffsetCommit(
            topicPartition: commit.topicPartition, offset: commit.offset,
            metadata: map.metadata(frontier: commit.offset, floor: floor + 1))
    }

    func written(_ deliveries: [Delivery]) {
        if let batch { board.written(batch, deliveries, now: now) }
        batch = nil
        writing = []
    }

    func checkIdle() throws {
        guard board.open.count == 0, board.open.bytes == 0, board.unsettledAttempts == 0, !board.hasPending,
            !hasTimer, onWire.isEmpty, noting.isEmpty
        else {
            throw Violation(
                "S8: \(process.label) keeps \(board.open.count) records and \(board.open.bytes) bytes open, "
                    + "\(board.unsettledAttempts) attempts unsettled, \(onWire.count) on the wire, "
                    + "something to write: \(board.hasPending), next due \(board.nextDue().map { "\($0)" } ?? "never")"
            )
        }
        var table = board.table
        for (partition, epoch) in table.assignments {
            let (waiting, running) =
                table.with(partition, epoch: epoch) { ($0.waitingCount, $0.runningCount) } ?? (0, 0)
            guard waiting == 0, running == 0 else {
                throw Violation("S8: \(process.label) keeps \(waiting) waiting and \(running) running runs")
            }
        }
    }
}
