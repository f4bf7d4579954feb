import Flow
import Workers

/// What may be sent of one action partition, and when: the ledger, the order of its keys and the waiting set together.
///
/// Pure: every method says what has to be written; the sender writes it and reports back. The invariants, numbered as
/// in `docs/OffsetInvariants.md`:
/// - W1: at most one run of a key is ready or running, and it is the lowest of its key that is not over.
/// - W2: a run leaves only by `finish` with an end; until then it is open in the ledger or in the waiting topic.
/// - W3: a run's record is settled in the ledger only together with its parking or its end.
/// - W4: while the head of a key waits, its followers wait in the waiting topic, not in the ledger.
/// - W5: a retry is ready only once its delay has passed since its parking was acknowledged.
/// - W6: a copy (id and replay count) that was taken before, or that waits, is not taken again.
/// - W7: a queue rebuilt from the waiting topic and the committed ledger keeps the order: a run of the waiting topic
///   does not go before every record below its position was read again, since one of them may be of its key; nor
///   before its own record was, where no commit says that it is settled: else it would end, and be taken again.
/// - W8: a store's runs that wait for room go in their order, and what comes after them waits behind them.
///
/// One exception to W1's order: a run behind a `wait` step joins its key only when the wait is over.
package struct PartitionQueue: Sendable {
    /// Followers of one key that wait in memory behind a head that is being sent, at most; more are parked.
    package static let followersInMemory = 64
    let followerLimit: Int

    enum State: Hashable {
        /// In memory, behind another run of its key.
        case queued
        /// May begin; or has begun.
        case ready, loading, running
        /// In the waiting topic, or on its way there.
        case waiting(WaitReason)
    }

    struct Entry {
        var run: QueuedRun
        var state: State
        /// It rests in the waiting topic (its action record is settled).
        var isParked: Bool
        /// Where its newest waiting record lies.
        var waitingOffset: Int64?
        /// Grows with each parking.
        var stamp: UInt32 = 0
        /// Its bytes were read again, and it has not begun since.
        var isLoaded = false
        /// A broken endpoint held it back.
        var isBacklog = false
        /// What it waits for, beside the reason: a gate, or what holds it.
        var detail = ""

        var cause: WaitCause? {
            if case .waiting(let reason) = state { WaitCause(reason, detail: detail) } else { nil }
        }
    }

    struct Unread: Comparable {
        let position: Int64
        let waiter: Waiter

        enum Waiter: Hashable {
            case key(OrderingKey)
            /// One without a key.
            case run(RunKey)
        }

        static func < (left: Unread, right: Unread) -> Bool { left.position < right.position }
    }

    /// What the sender has to write for a change.
    package enum Effect: Hashable, Sendable {
        /// The record at this offset is done with; so many bytes of this store are no longer open.
        case settle(Int64, bytes: Int, store: String)
        case park(ParkedRun)
        /// The run left the waiting set: write its tombstone.
        case unpark(RunKey)
        /// Somebody decided about a run in doubt: write it down.
        case decided(RunKey, Decision)
    }

    /// A run whose bytes have to be read again from the waiting topic before it may be sent.
    package struct Load: Hashable, Sendable {
        package let key: RunKey
        package let offset: Int64
    }

    /// What an attempt means for the queue.
    package enum Verdict: Hashable, Sendable {
        case ended
        /// - Parameter mayHaveActed: nobody knows whether this attempt did what it should.
        case again(after: Duration, mayHaveActed: Bool = false)
        /// One of several calls is done: the next follows at once, and finds what the earlier ones came to.
        case proceeded(checkpoint: [UInt8])
        case held(Hold)
    }

    package internal(set) var ledger: OffsetLedger
    var entries = RunIndex()
    var chains = KeyChains<OrderingKey, RunIndex.Slot>()
    /// Keys that have a member ready or running.
    var busy: Set<OrderingKey> = []
    /// What became ready and was not asked for yet.
    var ready: [RunKey] = []
    /// What may begin once others that wait for their bytes have begun; stores in turn.
    var starved = FairQueue<String, RunKey>()
    /// Runs that wait for their store's room or at gates, each lane's in order.
    var crowds: [Lane: SortedBlocks<RunIndex.Place>] = [:]
    var due = SortedBlocks<DueRun>()
    /// What was held when held runs were let go, and has not gone yet.
    var leaving = SortedBlocks<RunIndex.Place>()
    /// Runs whose last attempt nobody knows the outcome of, and that are not sent again unasked.
    var doubts: Set<RunKey> = []
    /// Runs that a predecessor may have sent, and how long it takes until the vendor shows it.
    var suspects: [RunKey: Duration] = [:]
    /// What was decided about runs in doubt.
    var decisions: [RunKey: Decision] = [:]
    /// Runs that are open in the ledger and known, by their offsets.
    var openRuns: [Int64: RunKey] = [:]
    /// What waits for records to be read again (W7).
    var unread = SortedBlocks<Unread>()
    var taken: DuplicateWindow<RunKey>
    /// Records of the waiting topic that count.
    var standing = StandingRecords()
    var loads: [Load] = []
    let payloadLimit: Int
    /// Runs that rest in the waiting topic.
    package internal(set) var waitingCount = 0
    /// Runs that are being sent.
    package internal(set) var runningCount = 0
    /// Runs whose bytes are wanted, on their way, or there and not in use yet.
    var loadingCount = 0
    let loadLimit: Int
    let releaseLimit: Int
    /// Bytes of parked runs that are kept in memory.
    var parkedBytes = 0

    /// - Parameters:
    ///   - payloadLimit: bytes of parked runs kept in memory; beyond it they are read again when due.
    ///   - windowLimit: copies remembered against being taken twice.
    package init(
        ledger: OffsetLedger, payloadLimit: Int = 16 << 20, windowLimit: Int = 20_000,
        followerLimit: Int = followersInMemory, loadLimit: Int = loadLimit,
        releaseLimit: Int = releaseLimit
    ) {
        self.ledger = ledger
        self.followerLimit = followerLimit
        self.payloadLimit = payloadLimit
        self.loadLimit = loadLimit
        self.releaseLimit = max(1, releaseLimit)
        taken = DuplicateWindow(countLimit: windowLimit)
    }

    // MARK: Taking

    /// Remembers a copy from the partition's tail, before anything is taken.
    package mutating func remember(_ key: RunKey) {
        _ = taken.insert(key, at: 0)
    }

    /// Takes an action record.
    ///
    /// - Parameters:
    ///   - delay: what the steps before it asked to wait.
    ///   - isCrowding: its store has its share in memory; it goes to the waiting topic until there is room.
    ///   - queuedLimit: followers that may be open; beyond it they go to the waiting topic.
    /// - Returns: what to write; nil where the record was settled before or seen, so that it is not open now.
    package mutating func take(
        _ run: QueuedRun, delay: Duration = .zero, isCrowding: Bool = false, queuedLimit: Int = .max
    ) -> [Effect]? {
        let isOpen: Bool
        switch ledger.take(run.position) {
        case .open: isOpen = true
        case .seen: isOpen = false
        case .settledBefore:
            isOpen = false
            // A later copy of it is one, too, though the predecessor's window is gone.
            remember(run.key)
        }
        advanceRead()
        guard isOpen else { return nil }
        guard entries[run.key] == nil, taken.insert(run.key, at: 0) else {
            return settle(run)
        }
        if let effects = takePlace(run) { return effects }
        var entry = Entry(run: run, state: .queued, isParked: false)
        if delay > .zero {
            return park(&entry, .wait, delay: delay)
        }
        // Behind its store's others, too, which would be overtaken for ever otherwise.
        let isCrowding = isCrowding || crowds[Lane(store: run.store)] != nil
        let isInDoubt = doubts.contains(run.key)
        let lookIn = suspects[run.key].flatMap { $0 > .zero ? $0 : nil }
        guard let key = run.orderingKey else {
            if isInDoubt { return park(&entry, .held(.decision), delay: nil) }
            if let lookIn { return park(&entry, .retry, delay: lookIn) }
            if isCrowding { return park(&entry, .lane(nil), delay: nil) }
            entries[run.key] = entry
            openRuns[run.position] = run.key
            makeReady(run.key)
            return []
        }
        let predecessor = chains.last(of: key, below: run.position)
        let isBlocked = predecessor.map { isWaiting($0) } ?? false
        let isTooMany = predecessor != nil && entries.queued.count >= queuedLimit
        entries[run.key] = entry
        join(key, run)
        if isInDoubt { return park(&entry, .held(.decision), delay: nil) }
        if let lookIn { return park(&entry, .retry, delay: lookIn) }
        if isBlocked || isTooMany || chains.has(moreThan: followerLimit, of: key) {
            return park(&entry, .behind, delay: nil)
        }
        if isCrowding { return park(&entry, .lane(nil), delay: nil) }
        openRuns[run.position] = run.key
        advance(key)
        return []
    }

    /// Takes a record that can't be used: its dead letter is written together with the settlement.
    package mutating func takeUnusable(_ offset: Int64) -> [Effect] {
        let isOpen = ledger.take(offset) == .open
        advanceRead()
        guard isOpen else { return [] }
        ledger.settle(offset)
        return [.settle(offset, bytes: 0, store: "")]
    }

    /// The partition was read up to here, and nothing more is there now.
    package mutating func reachedEnd(_ offset: Int64) {
        ledger.pass(offset)
        advanceRead()
    }

    mutating func advanceRead() {
        while let first = unread.first, first.position < ledger.next {
            unread.remove(first)
            switch first.waiter {
            case .key(let key): advance(key)
            case .run(let run): if entries[run]?.state == .waiting(.behind) { makeReady(run) }
            }
        }
    }

    func isWaiting(_ slot: RunIndex.Slot) -> Bool {
        if case .waiting? = entries.state(at: slot) { true } else { false }
    }

    /// - Parameter bytes: of its record as it was taken, where that changed.
    mutating func settle(_ run: QueuedRun, bytes: Int? = nil) -> [Effect] {
        ledger.settle(run.position)
        return [.settle(run.position, bytes: bytes ?? run.byteCount, store: run.store)]
    }

    // MARK: Sending

    /// Runs whose bytes are read again at the same time, at most.
    package static let loadLimit = 512

    /// A run that may begin, and whose it is.
    package typealias Ready = (key: RunKey, store: String)

    /// What became ready since it was last asked.
    package mutating func takeReady() -> [Ready] {
        defer { ready.removeAll(keepingCapacity: ready.count < 4_096) }
        return ready.map { ($0, entries[$0]?.run.store ?? "") }
    }

    /// Begins a run that was ready.
    ///
    /// - Returns: nil where it is not any more, or where its bytes have to be read again first (see `takeLoads`): then it
    ///   becomes ready anew.
    package mutating func start(_ key: RunKey) -> QueuedRun? {
        guard var entry = entries[key], entry.state == .ready else { return nil }
        if entry.run.record == nil, entry.waitingOffset != nil {
            if loadingCount < loadLimit { load(key) } else { starved.append(key, of: entry.run.store) }
            return nil
        }
        if entry.isLoaded {
            entry.isLoaded = false
            loadingCount -= 1
        }
        entry.state = .running
        entries[key] = entry
        runningCount += 1
        loadStarved()
        entry.run.decision = decisions[key]
        entry.run.isSuspect = suspects[key] != nil
        return entry.run
    }

    /// Whether a run that could not begin waits for its bytes, or for its turn to be read.
    package func isAwaited(_ key: RunKey) -> Bool {
        switch entries[key]?.state {
        case .loading, .ready: true
        default: false
        }
    }

    private mutating func load(_ key: RunKey) {
        guard let offset = entries[key]?.waitingOffset else { return }
        loadingCount += 1
        loads.append(Load(key: key, offset: offset))
        entries.change(key, to: .loading)
    }

    private mutating func loadStarved() {
        while loadingCount < loadLimit, let (_, key) = starved.popFirst() {
            guard let entry = entries[key], entry.state == .ready else { continue }
            if entry.run.record == nil, entry.waitingOffset != nil { load(key) } else { ready.append(key) }
        }
    }

    /// Runs of a store that wait for others' bytes.
    package func starvedCount(of store: String) -> Int { starved.count(of: store) }

    package var hasLoads: Bool { !loads.isEmpty }

    /// What is to be read again from the waiting topic; answered by `loaded`.
    package mutating func takeLoads() -> [Load] {
        defer { loads = [] }
        return loads
    }

    /// Bytes that were read again have arrived.
    package mutating func loaded(_ key: RunKey, _ record: WireRecord) {
        guard var entry = entries[key], entry.state == .loading else { return }
        entry.run.record = record
        entry.state = .ready
        entry.isLoaded = true
        if entry.isParked { parkedBytes += entry.run.byteCount }
        entries[key] = entry
        ready.append(key)
    }

    /// An attempt came to its verdict after `spent`.
    package mutating func finish(_ key: RunKey, _ verdict: Verdict, spent: Duration, at firstAttempt: Int64)
        -> [Effect]
    {
        guard var entry = entries[key], entry.state == .running else { return [] }
        runningCount -= 1
        if let orderingKey = entry.run.orderingKey { busy.remove(orderingKey) }
        // What was decided is done, or asked anew.
        doubts.remove(key)
        let wasSuspect = suspects.removeValue(forKey: key) != nil
        // Who decided to send it again has looked: what may have been done before counts no longer.
        let isNoted =
            decisions.removeValue(forKey: key)?.sends != true && (entry.run.mayHaveActed || wasSuspect)
        let taken = entry.run.byteCount
        switch verdict {
        case .ended:
            return end(key, entry)
        case .again(let delay, let mayHaveActed):
            note(isNoted || mayHaveActed, &entry)
            entry.run.attempts += 1
            entry.run.age += (spent + delay).milliseconds
            entry.run.firstAttempt = entry.run.firstAttempt ?? firstAttempt
            return park(&entry, .retry, delay: delay, taken: taken) + parkFollowers(of: entry.run)
        case .proceeded(let checkpoint):
            entry.run.attempts += 1
            entry.run.age += spent.milliseconds
            entry.run.firstAttempt = entry.run.firstAttempt ?? firstAttempt
            change(&entry) {
                $0.set(HeaderName.checkpoint, checkpoint)
                // The next call was not made yet.
                $0.set(HeaderName.mayHaveActed, Array("0".utf8))
            }
            return park(&entry, .retry, delay: .zero, taken: taken) + parkFollowers(of: entry.run)
        case .held(let hold):
            note(isNoted || hold == .decision, &entry)
            let delay = hold == .deadLetter ? Self.letterLimit : nil
            return park(&entry, .held(hold), delay: delay, taken: taken) + parkFollowers(of: entry.run)
        }
    }

    mutating func end(_ key: RunKey, _ entry: Entry) -> [Effect] {
        part(entry)
        entries[key] = nil
        if entry.isParked {
            parkedBytes -= entry.run.byteCount
            waitingCount -= 1
            // While it waited, its entry told copies of it; from here on the window does.
            remember(key)
        }
        if let orderingKey = entry.run.orderingKey {
            chains.remove(key: orderingKey, position: entry.run.position)
            advance(orderingKey)
        }
        if entry.isParked { return [.unpark(key)] }
        openRuns[entry.run.position] = nil
        return settle(entry.run)
    }
}
