import Flow
import Pipeline
import TestSupport
import Testing
import Workers

/// Drives the partition queue (ledger, key order, waiting set) through random attempts, failures, waits, crashes and
/// reassignments over a simulated log, and checks the invariants of docs/OffsetInvariants.md after every step.
@Suite struct PartitionQueuePropertyTests {
    @Test func `W1 to W8 hold over 10,000 random histories`() throws {
        for seed in UInt64(0)..<10_000 {
            var history = History(seed: seed)
            do {
                try history.run()
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
    }

    @Test func `a planted bug is found: a follower that is sent before its head`() {
        var found = false
        for seed in UInt64(0)..<10_000 where !found {
            var history = History(seed: seed, forgetsOrder: true)
            do {
                try history.run()
            } catch {
                found = true
            }
        }
        #expect(found)
    }
}

private struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// One simulated partition: its log, the waiting topic, the committed offsets, a vendor, and one owner after another.
private struct History {
    private struct Sent {
        let key: RunKey
        let position: Int64
        let orderingKey: OrderingKey?
    }

    private struct Parking {
        let note: ParkedRun
        let appended: Duration
        let offset: Int64
    }

    private var random: SplitMix64
    private let log: [QueuedRun]
    /// Later copies of a run are dropped: its place is that of the first.
    private let firstCopies: [QueuedRun]
    private let keys: [RunKey: OrderingKey]
    private let delays: [Int64: Duration]
    /// The bug to plant: runs lose their ordering key on the way into the queue.
    private let forgetsOrder: Bool

    // Durable.
    private var committedFrontier: Int64 = 0
    private var committedMap: String?
    private var waiting: [RunKey: Parking] = [:]
    private var waitingOffset: Int64 = 0
    private var ended: Set<RunKey> = []

    // The owner's.
    private var queue = PartitionQueue(
        ledger: OffsetLedger(start: 0), followerLimit: 3, loadLimit: 2, releaseLimit: 2)
    private var nextToRead = 0
    private var running: [QueuedRun] = []
    private var ready: [RunKey] = []
    /// Runs that wait for room now.
    private var crowded: [RunKey: QueuedRun] = [:]
    private var pending: [PartitionQueue.Effect] = []
    private var endedUncommitted: [RunKey] = []
    private var retriedUncommitted = 0
    private var dueAt: [RunKey: Duration] = [:]

    private var now = Duration.zero
    /// Gates may close.
    private var mayHold = true
    /// The attempts that were counted when a run was last sent: the same count again is a repeat.
    private var tried: [RunKey: Int] = [:]
    private var repeats = 0
    private var allowedRepeats = 0

    init(seed: UInt64, forgetsOrder: Bool = false) {
        var random = SplitMix64(seed: seed)
        self.forgetsOrder = forgetsOrder
        var log: [QueuedRun] = []
        var delays: [Int64: Duration] = [:]
        var texts: [RunKey: String] = [:]
        var offset: Int64 = 0
        for index in 0..<Int.random(in: 3...25, using: &random) {
            offset += Int64.random(in: 1...2, using: &random)
            let isCopy = index > 0 && Int.random(in: 0...9, using: &random) == 0
            let original = log.randomElement(using: &random)
            let key =
                (isCopy ? original?.key : nil) ?? RunKey(id: RunID(high: 1, low: UInt64(index)), replay: 0)
            let orderingKey =
                Int.random(in: 0...4, using: &random) == 0
                ? nil : ["a", "b", "c"].randomElement(using: &random)
            if !isCopy { texts[key] = orderingKey }
            log.append(
                QueuedRun(
                    key: key, position: offset, orderingKey: texts[key],
                    store: isCopy ? original?.store ?? "" : Bool.random(using: &random) ? "x" : "y",
                    record: WireRecord(topic: "actions", key: nil, value: [1, 2, 3])))
            if Int.random(in: 0...11, using: &random) == 0 {
                delays[offset] = .seconds(Int.random(in: 1...20, using: &random))
            }
        }
        self.log = log
        var seen: Set<RunKey> = []
        firstCopies = log.filter { seen.insert($0.key).inserted }
        keys = Dictionary(
            uniqueKeysWithValues: firstCopies.compactMap { run in run.orderingKey.map { (run.key, $0) } })
        self.delays = delays
        self.random = random
    }

    mutating func run() throws {
        for _ in 0..<400 {
            try step()
            if isComplete { break }
        }
        // Let it come to its end without further faults.
        mayHold = false
        var turns = 0
        while !isComplete, turns < 10_000 {
            turns += 1
            now += .seconds(1)
            try read()
            queue.release(now: now)
            queue.releaseHeld()
            try releaseCrowds()
            try send()
            while !running.isEmpty { try finish(mayFail: false) }
            commit()
        }
        guard isComplete else {
            throw Violation(description: "W2: \(log.count - ended.count) runs never ended")
        }
        guard waiting.isEmpty else {
            throw Violation(description: "W2: the waiting topic keeps \(waiting.count) runs")
        }
        guard repeats <= allowedRepeats else {
            throw Violation(description: "\(repeats) repeats, \(allowedRepeats) explained by crashes")
        }
    }

    private var isComplete: Bool { firstCopies.allSatisfy { ended.contains($0.key) } }

    private mutating func step() throws {
        switch Int.random(in: 0...21, using: &random) {
        case 0...3: try read()
        case 4: reachEnd()
        case 5...9: try send()
        case 10...14: try finish(mayFail: true)
        case 15...16: commit()
        case 17...18:
            now += .milliseconds(Int64.random(in: 1...4_000, using: &random))
            queue.release(now: now)
        case 19:
            queue.releaseHeld()
            try releaseCrowds()
        case 20: pending += queue.moveHeadAside()
        default: crash()
        }
    }

    private mutating func read() throws {
        guard nextToRead < log.count else { return }
        var run = log[nextToRead]
        nextToRead += 1
        if forgetsOrder {
            run = QueuedRun(
                key: run.key, position: run.position, orderingKey: nil, store: run.store, record: run.record)
        }
        let isCrowding = Int.random(in: 0...4, using: &random) == 0
        let effects =
            queue.take(
                run, delay: delays[run.position] ?? .zero, isCrowding: isCrowding,
                queuedLimit: Int.random(in: 1...4, using: &random)) ?? []
        for case .park(let parked) in effects where parked.reason == .crowded { crowded[run.key] = run }
        pending += effects
        try checkLedger()
    }

    /// W8: of a store's runs without a key those that waited for room go in their order.
    private mutating func checkCrowds(_ released: [RunKey]) throws {
        for key in released {
            guard keys[key] == nil, let run = crowded.removeValue(forKey: key) else { continue }
            let rest = crowded.values.filter { $0.store == run.store && $0.orderingKey == nil }
            if let first = rest.map(\.position).min(), first < run.position {
                throw Violation(description: "W8: \(run.position) of \(run.store) goes before \(first)")
            }
        }
    }

    private mutating func releaseCrowds() throws {
        for lane in Array(queue.lanes).sorted(by: { "\($0)" < "\($1)" }) {
            _ = queue.release(lane, Int.random(in: 1...2, using: &random))
            let released = queue.takeReady().map(\.key)
            if lane.gate == nil { try checkCrowds(released) }
            ready += released
        }
    }

    /// The partition's end lies beyond its last record, as after a transaction's marker.
    private mutating func reachEnd() {
        guard nextToRead == log.count, let last = log.last else { return }
        queue.reachedEnd(last.position + 2)
    }

    private mutating func send() throws {
        while true {
            ready += queue.takeReady().map(\.key)
            let loads = queue.takeLoads()
            if ready.isEmpty, loads.isEmpty { return }
            try answer(loads)
            while let key = ready.popLast() {
                guard let run = queue.start(key) else { continue }
                if mayHold, holds(run) { continue }
                try check(sending: run)
                running.append(run)
                if Bool.random(using: &random) { return }
            }
        }
    }

    /// A gate lets a run wait: for a moment, or in a lane.
    private mutating func holds(_ run: QueuedRun) -> Bool {
        switch Int.random(in: 0...9, using: &random) {
        case 0:
            queue.stepBack(run.key)
            ready.insert(run.key, at: 0)
        case 1: pending += queue.moveAside(run.key, to: .limit("g"))
        case 2: pending += queue.moveAside(run.key, to: .circuit("c"))
        default: return false
        }
        return true
    }

    private mutating func answer(_ loads: [PartitionQueue.Load]) throws {
        for load in loads {
            guard let parking = waiting[load.key], parking.offset == load.offset,
                let record = parking.note.run.record
            else { throw Violation(description: "the bytes of a waiting run are gone") }
            queue.loaded(load.key, record)
        }
    }

    /// W1, W5, W6 and the order at the vendor.
    private mutating func check(sending run: QueuedRun) throws {
        if let key = keys[run.key] {
            if let other = running.first(where: { keys[$0.key] == key }) {
                throw Violation(
                    description: "W1: \(run.position) and \(other.position) of key \(key) run at once")
            }
            // Runs behind a wait step join their key late; all others go in the order of the log.
            let ahead = firstCopies.filter {
                $0.orderingKey == key && $0.position < run.position && delays[$0.position] == nil
                    && $0.key != run.key
                    && !ended.contains($0.key) && !endedUncommitted.contains($0.key)
            }
            if delays[run.position] == nil, let head = ahead.first {
                throw Violation(
                    description: "W1: \(run.position) is sent before \(head.position) of key \(key)")
            }
        }
        if let due = dueAt[run.key], now < due { throw Violation(description: "W5: a retry is early") }
        if ended.contains(run.key) {
            throw Violation(description: "W6: \(run.position) is sent after its end was committed")
        }
        if tried.updateValue(run.attempts, forKey: run.key) == run.attempts { repeats += 1 }
    }

    private mutating func finish(mayFail: Bool) throws {
        guard !running.isEmpty else { return }
        let run = running.remove(at: Int.random(in: 0..<running.count, using: &random))
        let verdict: PartitionQueue.Verdict
        switch mayFail ? Int.random(in: 0...5, using: &random) : 0 {
        case 0...2: verdict = .ended
        case 3...4: verdict = .again(after: .milliseconds(Int64.random(in: 0...5_000, using: &random)))
        default: verdict = .held(.other)
        }
        if verdict == .ended { endedUncommitted.append(run.key) }
        if case .again = verdict { retriedUncommitted += 1 }
        // What is held is tried again without counting an attempt.
        if verdict == .held(.other) { tried[run.key] = nil }
        pending += queue.finish(run.key, verdict, spent: .milliseconds(5), at: 0)
        try checkLedger()
    }

    /// W3: what is settled has its parking or its end among what is written, or was written before.
    private func checkLedger() throws {
        let frontier = queue.ledger.frontier
        let parked = Set(
            pending.compactMap { effect -> RunKey? in
                if case .park(let note) = effect { note.run.key } else { nil }
            })
        for run in firstCopies where run.position < frontier {
            guard
                ended.contains(run.key) || endedUncommitted.contains(run.key) || waiting[run.key] != nil
                    || parked.contains(run.key)
            else { throw Violation(description: "W3: \(run.position) is settled and nowhere") }
        }
    }

    /// One transaction: everything pending and the ledger as it is now.
    private mutating func commit() {
        var acknowledged: [(ParkedRun, Int64)] = []
        for effect in pending {
            switch effect {
            case .settle: break
            case .park(let note):
                waitingOffset += 1
                waiting[note.run.key] = Parking(note: note, appended: now, offset: waitingOffset)
                acknowledged.append((note, waitingOffset))
            case .unpark(let key):
                waiting[key] = nil
            case .decided: break
            }
        }
        pending = []
        ended.formUnion(endedUncommitted)
        endedUncommitted = []
        retriedUncommitted = 0
        committedFrontier = queue.ledger.frontier
        committedMap = queue.ledger.settledMap.metadata(frontier: committedFrontier)
        for (note, offset) in acknowledged {
            queue.parked(note.run.key, stamp: note.stamp, offset: offset, delay: note.delay, now: now)
            dueAt[note.run.key] = note.delay.map { now + $0 }
        }
    }

    /// The owner dies; another one rebuilds from what was committed.
    private mutating func crash() {
        allowedRepeats += running.count + endedUncommitted.count + retriedUncommitted
        retriedUncommitted = 0
        running = []
        ready = []
        crowded = waiting.filter { $0.value.note.reason == .crowded }.mapValues(\.note.run)
        pending = []
        endedUncommitted = []
        dueAt = [:]
        queue = PartitionQueue(
            ledger: OffsetLedger(
                start: committedFrontier, map: SettledMap(metadata: committedMap, frontier: committedFrontier)
            ),
            payloadLimit: Bool.random(using: &random) ? 4 : 1 << 20, followerLimit: 3, loadLimit: 2,
            releaseLimit: 2)
        for run in log where run.position < committedFrontier { queue.remember(run.key) }
        for parking in waiting.values.sorted(by: { $0.note.run.position < $1.note.run.position }) {
            let left = parking.note.delay.map { $0 - (now - parking.appended) }
            queue.restore(
                parking.note.run, cause: parking.note.cause, offset: parking.offset, dueIn: left, now: now)
            dueAt[parking.note.run.key] = parking.note.delay.map { parking.appended + $0 }
        }
        queue.restored(now: now)
        nextToRead = log.firstIndex { $0.position >= committedFrontier } ?? log.count
    }
}
