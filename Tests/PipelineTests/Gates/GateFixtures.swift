import Flow
import Kafka
import Pipeline
import TestSupport
import Workers

/// A sender's board under a clock that is moved by hand, with endpoints that answer as a test says.
struct GateRig {
    private typealias Make = SendBoardFixtures

    var board: SendBoard
    private(set) var now = Duration.zero
    private var nextOffset: Int64 = 0
    private var waitingOffset: Int64 = 0
    /// The bytes that rest in the waiting topic, by offset.
    private var waiting: [Int64: WireRecord] = [:]
    private var running: [(work: SendBoard.Work, end: Duration)] = []
    /// When each store's runs were sent.
    private(set) var sent: [(time: Duration, store: String, run: RunKey)] = []
    /// When runs of each store came in, in order.
    private(set) var ended = 0
    var latency = Duration.milliseconds(20)
    var concurrency = 256
    /// What an endpoint answers.
    var answer: @Sendable (String, Duration) -> CircuitBreaker.Signal = { _, _ in .works }
    /// Requests that a run takes.
    var calls = 1
    private var lastCommit = Duration.zero

    /// - Parameter origin: of all stores' app; each store has one of its own where it is nil.
    init(
        openLimit: Int = 2_000, payloadLimit: Int = 1 << 20, settings: SendGates.Settings = .init(),
        limits: [RateLimit] = [], weights: [String: Int] = [:], origin: String? = nil
    ) {
        board = SendBoard(
            topics: Make.topics, openLimit: openLimit, openBytes: 1 << 30, gates: SendGates(settings),
            directions: SendBoard.Directions(
                route: { run in
                    Route(
                        allowances: limits.enumerated().map { Allowance(name: "slack/\($0)", limit: $1) },
                        connector: "slack", store: run.store, origin: origin ?? "https://\(run.store)")
                },
                weight: { weights[$0] ?? 1 }))
        board.beginGeneration()
        board.assign(
            Make.partition(0),
            PartitionQueue(ledger: OffsetLedger(start: 0), payloadLimit: payloadLimit))
    }

    /// A run of a store comes, if there is room.
    mutating func arrive(_ store: String, key: String? = nil) -> Bool {
        guard !board.open.isFull else { return false }
        let record = Make.record(UInt64(nextOffset), offset: nextOffset, key: key, store: store)
        nextOffset += 1
        return board.take(Make.batch([record]), time: Make.time)
    }

    /// Moves the clock by a step, and does what is due.
    mutating func advance(by step: Duration = .milliseconds(5)) {
        now += step
        board.release(now: now)
        let over = running.filter { $0.end <= now }
        running.removeAll { $0.end <= now }
        for (work, _) in over { end(work) }
        begin()
        if now - lastCommit >= .milliseconds(100) || board.pendingCount > 256 { commit() }
    }

    private mutating func begin() {
        while running.count < concurrency {
            if let work = board.next(now: now) {
                sent.append((now, work.run.store, work.run.key))
                running.append((work, now + latency))
            } else if !load() {
                return
            }
        }
    }

    private mutating func load() -> Bool {
        guard let loads = board.takeLoads() else { return false }
        board.loaded(loads, loads.loads.compactMap { load in waiting[load.offset].map { (load.key, $0) } })
        return true
    }

    private mutating func end(_ work: SendBoard.Work) {
        let signal = answer(work.run.store, now)
        let verdict: PartitionQueue.Verdict = signal == .fails ? .again(after: .seconds(5)) : .ended
        if verdict == .ended { ended += 1 }
        board.finish(work, verdict, [], spent: latency, at: 0, signal: signal, calls: calls, now: now)
    }

    private mutating func commit() {
        lastCommit = now
        let batch = board.takeBatch()
        for (index, write) in batch.writes.enumerated() {
            waiting[waitingOffset + Int64(index)] = write.record
        }
        board.written(batch, Make.deliveries(of: batch, from: waitingOffset), now: now)
        waitingOffset += Int64(batch.writes.count)
    }

    /// The most that was sent within any stretch.
    func peak(within stretch: Duration, from start: Duration) -> Int {
        var peak = 0
        var first = 0
        let times = sent.map(\.time).filter { $0 >= start }
        for (index, time) in times.enumerated() {
            while times[first] <= time - stretch { first += 1 }
            peak = max(peak, index - first + 1)
        }
        return peak
    }
}
