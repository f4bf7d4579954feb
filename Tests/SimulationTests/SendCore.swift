import Connectors
import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

/// A sender's board, with the steps of `SenderSession`, `WaitingRebuild` and `ActionAttempts` around it.
///
/// The only file here that knows `SendBoard` and `PartitionQueue`, and where bugs are planted.
final class SendCore: RoleCore {
    /// Small ones, so that each limit is reached.
    struct Limits {
        var open = 8
        var concurrency = 3
        var payloadBytes = 2_000
        var followers = 2
        var loads = 1
    }

    private let world: World
    private let cluster: SimulatedCluster
    private let vendor: SimulatedVendor
    private let truth: Truth
    private let trace: Trace
    private unowned let process: SimulatedProcess
    /// The local clock's distance to the brokers', ms.
    private let skew: Int64
    private let limits: Limits
    private let bug: PlantedBug?
    private var board: SendBoard
    private var tenure = 0
    private var states: [Int: WaitingState]?
    /// What of the registry's pauses it has read.
    private var pauses: World.Pauses
    private var isStopped = false
    private var batch: SendBoard.Batch?
    /// What has to be read again, until its transactions are over.
    private var wanted: SendBoard.Loads?
    // Attempts whose outcome is not committed: on the wire, ended, and ended in the write that is on its way.
    private var onWire: [RunKey] = []
    private var finished: [RunKey] = []
    private var writing: [RunKey] = []

    /// Delays, with the jitter of halves and the ages of even milliseconds, are whole milliseconds: what a record says of
    /// them is exact, and so is what is checked.
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
        board = SendBoard(topics: world.topics, openLimit: limits.open, openBytes: 1 << 20)
    }

    /// Monotonic.
    private var now: Duration { .microseconds(cluster.now) }
    private var localTime: Int64 { cluster.milliseconds + skew }

    // MARK: Assignments

    func beginGeneration() {
        board.beginGeneration()
        states = nil
    }

    func prepare(_ preparation: inout Preparation) throws -> Preparation.Progress {
        guard preparation.starts(cluster, .sender) != nil else { return .blocked }
        if preparation.waitingEnds.isEmpty, !preparation.partitions.isEmpty {
            for partition in preparation.partitions {
                let waiting = cluster.layout.waiting(of: partition)
                preparation.waitingEnds[waiting] = cluster.partitions[waiting].end
            }
            return .going
        }
        if states != nil { return .prepared }
        // A transaction that is open now is waited for: it may be a predecessor's.
        for (waiting, end) in preparation.waitingEnds where cluster.partitions[waiting].stableEnd < end {
            return .blocked
        }
        let found = read(preparation)
        states = found
        let probes = found.keys.sorted().map { waiting in
            WireRecord(
                topic: cluster.layout.partitions[waiting].topic,
                partition: cluster.layout.partitions[waiting].partition, key: Array("clock".utf8), value: nil)
        }
        return probes.isEmpty ? .prepared : .write(probes)
    }

    private func read(_ preparation: Preparation) -> [Int: WaitingState] {
        var found: [Int: WaitingState] = [:]
        for (waiting, end) in preparation.waitingEnds {
            var state = WaitingState(payloadLimit: limits.payloadBytes)
            for entry in cluster.partitions[waiting].read(from: 0, to: end) {
                state.take(cluster.record(entry, of: waiting))
            }
            if !state.isEmpty { found[waiting] = state }
        }
        return found
    }

    func assign(_ preparation: Preparation, tenure: Int) throws {
        self.tenure = tenure
        var preparation = preparation
        let times = Dictionary(
            (preparation.deliveries ?? []).map { ($0.topicPartition, $0.appendTime) },
            uniquingKeysWith: { _, last in last })
        for start in preparation.starts(cluster, .sender) ?? [] {
            var queue = PartitionQueue(
                ledger: OffsetLedger(
                    start: start.offset, map: SettledMap(metadata: start.metadata, frontier: start.offset)),
                payloadLimit: limits.payloadBytes, followerLimit: limits.followers, loadLimit: limits.loads)
            for entry in cluster.partitions[start.partition].read(from: 0, to: start.offset) {
                if let run = QueuedRun(action: entry.record, position: entry.offset) {
                    queue.remember(run.key)
                }
            }
            let waiting = cluster.layout.waiting(of: start.partition)
            let partition = cluster.layout.partitions[start.partition]
            var letters: [WireRecord] = []
            if let state = states?[waiting] {
                queue.restore(
                    state, isAnew: false, brokerTime: times[cluster.layout.partitions[waiting]] ?? nil,
                    localTime: localTime, now: now)
                letters = state.letters(world.topics, time: "t")
            }
            board.assign(partition, queue)
            board.write(letters, of: partition)
        }
    }

    func beginRevocation() {
        board.beginRevocation()
    }

    func revoke(_ partitions: [Int], isLost: Bool) {
        for partition in partitions { board.revoke(cluster.layout.partitions[partition]) }
        tenure = 0
        wanted = nil
        onWire = []
        finished = []
        writing = []
    }

    func lost(isWriteDecided: Bool) {
        truth.lost(onWire + finished + (isWriteDecided ? [] : writing))
        vendor.orphan(self)
    }

    func stop() {
        isStopped = true
    }

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
            pauses = vendor.pauses
            board.releaseHeld()
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
        guard !isStopped, onWire.count < limits.concurrency, let work = board.next() else { return false }
        try begin(work, using: &random)
        return true
    }

    /// When the next run is due, µs.
    var nextDue: Int64? { board.nextDue().map { Int64($0 / .microseconds(1)) } }

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

    private func begin(_ work: SendBoard.Work, using random: inout SplitMix64) throws {
        let queued = work.run
        let place = RecordPlace(
            topic: work.partition.topic, partition: work.partition.partition, offset: queued.position)
        guard let run = try? ActionRun(queued.record ?? WireRecord(topic: "", key: nil, value: nil)) else {
            let letter = DeadLetter(
                connector: world.topics.connector(ofActions: place.topic) ?? "", stage: .action,
                reason: "unusable", store: nil, place: place, time: "t", actionRun: queued.key.id,
                headers: queued.record?.headers ?? [], value: queued.record?.value)
            board.finish(
                work, .ended, [letter.record(world.topics)], spent: .zero, at: localTime)
            truth.run(queued.key)?.endedIn.insert(tenure)
            return
        }
        let pause = world.directory(pauses).pause(
            connector: run.action.connector, store: run.store, workflow: run.workflowRun.workflow,
            endpoint: nil)
        let attempt = SimulatedVendor.Request(
            core: self, work: work, run: run, place: place, tenure: tenure, began: cluster.now)
        if let pause {
            settle(attempt, .held(reason: pause.description, by: .pause(pause.id)), using: &random)
            return
        }
        guard onWire.count + finished.count + writing.count < limits.open else {
            throw Violation("S5: more attempts are open than a crash may repeat")
        }
        if let key = queued.orderingKey, process.isCurrent,
            vendor.requests.contains(where: {
                !$0.isOrphan && $0.work.run.orderingKey == key && $0.work.partition == work.partition
            })
        {
            throw Violation("S3: two runs of key \(key) are on the wire")
        }
        attempt.truth = try truth.began(
            queued, by: tenure, isCurrent: process.isCurrent, at: cluster.now)
        attempt.isOrphan = process.hasLost
        onWire.append(queued.key)
        vendor.requests.append(attempt)
        trace.note(
            "\(process.label) sends \(attempt.truth?.name ?? "") of \(place.topic)[\(place.partition)], "
                + "attempt \(queued.attempts + 1), key \(run.orderingKey ?? "none")")
    }

    /// The answer to a request has come.
    func answered(_ request: SimulatedVendor.Request, _ answer: VendorAnswer, using random: inout SplitMix64)
    {
        guard process.core === self, request.tenure == tenure else { return }
        if let index = onWire.firstIndex(of: request.work.run.key) { onWire.remove(at: index) }
        finished.append(request.work.run.key)
        let outcome = FlowActionAnswer.classify(answer, now: localTime / 1000)
        settle(request, outcome, using: &random)
    }

    private func settle(
        _ request: SimulatedVendor.Request, _ outcome: AttemptOutcome, using random: inout SplitMix64
    ) {
        let queued = request.work.run
        let spent = Duration.milliseconds((cluster.now - request.began) / 2000 * 2)
        let settlement = Settlement(
            of: outcome, run: request.run, queued: queued, place: request.place, spent: spent,
            policy: Self.retry, unit: Double(Int.random(in: 0...2, using: &random)) / 2, time: "t",
            topics: world.topics)
        board.finish(
            request.work, settlement.verdict, settlement.records, spent: spent, at: localTime)
        if settlement.verdict == .ended { truth.run(queued.key)?.endedIn.insert(tenure) }
        trace.note("\(process.label) learns of \(request.truth?.name ?? "a run"): \(outcome.name)")
    }

    // MARK: Writing

    var isDrained: Bool {
        let partitions = Set(board.table.assignments.map(\.partition))
        return board.running(in: partitions) == 0 && !board.hasPending
    }

    func takeWrite() -> RoleWrite? {
        var batch = board.takeBatch()
        if bug == .lostFollower { batch.writes.removeAll { $0.parked?.reason == .behind } }
        if bug == .commitPastGap { batch.offsets = batch.offsets.map(pastGap) }
        guard !batch.writes.isEmpty || !batch.offsets.isEmpty else { return nil }
        self.batch = batch
        writing = finished
        finished = []
        return RoleWrite(records: batch.writes.map(\.record), offsets: batch.offsets)
    }

    private func pastGap(_ commit: OffsetCommit) -> OffsetCommit {
        var table = board.table
        guard let epoch = table.epoch(of: commit.topicPartition) else { return commit }
        let next = table.with(commit.topicPartition, epoch: epoch) { $0.ledger.next }
        return OffsetCommit(topicPartition: commit.topicPartition, offset: next ?? commit.offset)
    }

    func written(_ deliveries: [Delivery]) {
        if let batch { board.written(batch, deliveries, now: now) }
        batch = nil
        writing = []
    }

    func checkIdle() throws {
        guard board.open.count == 0, board.open.bytes == 0, board.unsettledAttempts == 0, !board.hasPending,
            board.nextDue() == nil, onWire.isEmpty
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
