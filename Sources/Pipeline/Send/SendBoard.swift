import DequeModule
import Flow
import Kafka
import Workers

/// What a sender holds of its assigned partitions, and what it has still to write: one value behind one lock.
///
/// Pure: the session locks it, changes it, unlocks, and then acts. A change of a queue and the records that belong to
/// it are always taken over together, so that a commit's offsets never run ahead of its records. Who may begin is in
/// `SendBoard+Sending.swift`, what is written in `SendBoard+Writing.swift`.
package struct SendBoard: Sendable {
    /// Where a run is that may begin, and how far it came.
    struct Place: Sendable {
        let partition: TopicPartition
        let epoch: Int
        let key: RunKey
        /// It comes from the head of this lane.
        var lane: Lane?
        /// Gates at which it had its turn: nobody stands before it there any more.
        var turns: [Gate] = []
        /// The gate that called it last, until it has passed it or waits again.
        var invitation: Gate?
    }

    /// What a board asks about runs and stores. It must be quick, and must not ask the board.
    package struct Directions: Sendable {
        /// Which gates a run goes through.
        package var route: @Sendable (QueuedRun) -> Route
        /// How many of a store's runs go in a turn.
        package var weight: @Sendable (String) -> Int

        package init(
            route: @escaping @Sendable (QueuedRun) -> Route = { _ in .open },
            weight: @escaping @Sendable (String) -> Int = { _ in 1 }
        ) {
            self.route = route
            self.weight = weight
        }
    }

    let topics: Topics
    let directions: Directions
    /// What is taken as one batch becomes visible together, or not at all.
    let isAtomic: Bool
    package internal(set) var table = AssignmentTable<PartitionQueue>()
    var pending = Batch()
    var changed: Set<TopicPartition> = []
    /// Partitions whose frontier moved past their end since it was committed.
    private var trailing: Set<TopicPartition> = []
    /// Records taken and not committed.
    package internal(set) var open: Budget
    /// Attempts that were begun and whose outcome is not committed: what a crash repeats.
    package internal(set) var unsettledAttempts = 0
    /// Grows whenever `open` and `unsettledAttempts` begin anew.
    var opening = 0
    /// Runs that may begin, stores in turn: a store with many delays one with few by a run each.
    var ready: FairQueue<String, Place>
    var gates: SendGates
    /// Runs that wait for a moment at gates.
    var lines: GateLines<Place>
    /// How many each gate has called that did not come yet.
    var invited: [Gate: Int] = [:]
    /// Open records of each store; one that has its share goes on in the waiting topic.
    private var openOfStore: [String: Int] = [:]
    /// Where lanes have runs that wait.
    var lanes = LaneTable()
    private var wantsLoads: Set<TopicPartition> = []
    /// Where runs stood whose bytes are read again.
    var awaited: [RunKey: Place] = [:]
    private var releases = 0
    /// Attempts that are on their way, and notes of attempts in the waiting topics.
    var starts: StartBook
    /// Partitions are about to go or are gone, and no others have come yet.
    package private(set) var isRevoking = false
    /// The assignment that batches must belong to.
    package private(set) var generation = 0

    package init(
        topics: Topics, openLimit: Int, openBytes: Int, gates: SendGates = SendGates(.init()),
        isAtomic: Bool = false, directions: Directions = Directions()
    ) {
        self.topics = topics
        self.directions = directions
        self.isAtomic = isAtomic
        open = Budget(countLimit: openLimit, byteLimit: openBytes)
        ready = FairQueue(weight: directions.weight)
        self.gates = gates
        starts = StartBook(isAtomic: isAtomic)
        // With the followers that may be open, less than half of what may be: else a few broken endpoints could keep it
        // full for as long as they are broken.
        lines = GateLines(limit: max(1, openLimit / 8), weight: directions.weight)
    }

    // MARK: Assignments

    /// A rebalance begins; batches of the assignment before are refused from here on.
    package mutating func beginGeneration() {
        generation += 1
        isRevoking = false
    }

    package mutating func assign(_ partition: TopicPartition, _ queue: PartitionQueue) {
        let epoch = table.assign(partition, queue)
        for lane in queue.lanes { lanes.insert(lane, partition) }
        note(partition, epoch)
        // Sorted, as all that decides who goes first: the same history takes the same course.
        for lane in queue.lanes.sorted() {
            refill(lane)
            if let gate = lane.gate { lines.wake(gate, at: .zero) }
        }
    }

    /// This process has so much of a connector's partitions.
    package mutating func setShare(_ share: Double, of connector: String, now: Duration) {
        gates.setShare(share, of: connector, now: now)
    }

    /// Partitions are about to go: nothing new begins until others are assigned.
    package mutating func beginRevocation() {
        isRevoking = true
    }

    /// Forgets a partition and what was still to be written for it.
    package mutating func revoke(_ partition: TopicPartition) {
        table.revoke(partition)
        lanes.remove(partition)
        starts.remove(partition)
        wantsLoads.remove(partition)
        awaited = awaited.filter { $0.value.partition != partition }
        changed.remove(partition)
        trailing.remove(partition)
        pending.writes.removeAll { $0.partition == partition }
        // The range protocol takes all partitions at once: nothing is open any more, settled or not.
        if table.assignments.isEmpty { beginAnew() }
    }

    private mutating func beginAnew() {
        pending = Batch()
        open = Budget(countLimit: open.countLimit, byteLimit: open.byteLimit)
        unsettledAttempts = 0
        while ready.popFirst() != nil {}
        _ = lines.removeAll()
        invited = [:]
        openOfStore = [:]
        opening += 1
    }

    // MARK: Taking

    /// Takes records of a batch. Unusable ones leave a dead letter.
    ///
    /// - Parameter time: RFC 3339, for dead letters.
    /// - Returns: false where the batch belongs to an assignment that is over.
    package mutating func take(_ batch: ConsumerBatch, time: String) -> Bool {
        guard batch.generation == generation else { return false }
        for record in batch.records {
            guard let epoch = table.epoch(of: record.topicPartition) else { return false }
            take(record, epoch: epoch, time: time)
        }
        for end in batch.ends {
            guard let epoch = table.epoch(of: end.topicPartition) else { return false }
            let moved = table.with(end.topicPartition, epoch: epoch) { queue in
                let frontier = queue.ledger.frontier
                queue.reachedEnd(end.offset)
                return queue.ledger.frontier != frontier
            }
            if moved == true { trailing.insert(end.topicPartition) }
            note(end.topicPartition, epoch)
        }
        return true
    }

    /// Has frontiers committed that only moved past the partition's end. Seldom will do: they tell retention's
    /// overtaking from an idle partition, whose last records are markers of transactions.
    package mutating func commitEnds() {
        changed.formUnion(trailing)
        trailing = []
    }

    private mutating func take(_ record: ConsumedRecord, epoch: Int, time: String) {
        let wire = WireRecord(record)
        let partition = record.topicPartition
        if let decision = DecisionRecord(wire) {
            let taken = table.with(partition, epoch: epoch) {
                $0.decide(record.offset, decision.key, decision.decision)
            }
            took(taken ?? nil, bytes: 0, partition, epoch)
            return
        }
        guard let run = QueuedRun(action: wire, position: record.offset) else {
            takeUnusable(record, wire, epoch, time)
            return
        }
        let delay =
            wire.header(HeaderName.delay).flatMap { Int64($0) }.map { Duration.milliseconds($0) } ?? .zero
        let isCrowding = isCrowding(run.store)
        // Followers may fill a part of what is open, so that keys whose heads are slow don't hold up the others.
        let queuedLimit = max(1, open.countLimit / 4 / max(1, table.count))
        let taken = table.with(partition, epoch: epoch) {
            $0.take(run, delay: delay, isCrowding: isCrowding, queuedLimit: queuedLimit)
        }
        if taken ?? nil != nil { openOfStore[run.store, default: 0] += 1 }
        took(taken ?? nil, bytes: run.byteCount, partition, epoch)
        refill(Lane(store: run.store))
    }

    private mutating func took(
        _ effects: [PartitionQueue.Effect]?, bytes: Int, _ partition: TopicPartition, _ epoch: Int
    ) {
        if let effects {
            open.take(bytes)
            record(effects, [], partition, epoch)
        } else {
            // Settled by a predecessor, or seen: the frontier may have moved past it.
            changed.insert(partition)
        }
        note(partition, epoch)
    }

    private mutating func takeUnusable(
        _ record: ConsumedRecord, _ wire: WireRecord, _ epoch: Int, _ time: String
    ) {
        let partition = record.topicPartition
        let letter = DeadLetter(
            connector: topics.connector(ofActions: partition.topic) ?? partition.topic, stage: .action,
            reason: "the action record's headers can't be read: ce_id or sluice_format is missing or unknown",
            store: wire.header(HeaderName.store), place: RecordPlace(record), time: time, actionRun: nil,
            headers: wire.headers, value: wire.value)
        let effects = table.with(partition, epoch: epoch) { $0.takeUnusable(record.offset) } ?? []
        defer { note(partition, epoch) }
        guard !effects.isEmpty else {
            // A predecessor wrote its letter, or it was seen.
            changed.insert(partition)
            return
        }
        open.take(0)
        self.record(effects, [letter.record(topics)], partition, epoch)
    }

    /// Whether a store's next record goes to the waiting topic, so that those of others behind it are reached.
    private func isCrowding(_ store: String) -> Bool {
        openOfStore[store, default: 0] >= max(1, open.countLimit / 2)
    }

    mutating func leave(_ store: String) {
        guard let count = openOfStore[store] else { return }
        openOfStore[store] = count > 1 ? count - 1 : nil
    }

    /// Something may have become ready there.
    mutating func note(_ partition: TopicPartition, _ epoch: Int, from lane: Lane? = nil) {
        guard let runs = table.with(partition, epoch: epoch, { $0.takeReady() }) else { return }
        for run in runs {
            let place =
                awaited.removeValue(forKey: run.key)
                ?? Place(partition: partition, epoch: epoch, key: run.key, lane: lane)
            ready.append(place, of: run.store)
        }
    }

    // MARK: Bytes

    package var hasLoads: Bool { !wantsLoads.isEmpty }

    mutating func wantLoads(_ partition: TopicPartition) {
        wantsLoads.insert(partition)
    }

    /// What has to be read again of one partition before it may be sent.
    package mutating func takeLoads() -> Loads? {
        while let partition = wantsLoads.min() {
            wantsLoads.remove(partition)
            guard let epoch = table.epoch(of: partition),
                let loads = table.with(partition, epoch: epoch, { $0.takeLoads() }), !loads.isEmpty
            else { continue }
            return Loads(partition: partition, epoch: epoch, loads: loads)
        }
        return nil
    }

    package mutating func loaded(_ loads: Loads, _ records: [(RunKey, WireRecord)]) {
        _ = table.with(loads.partition, epoch: loads.epoch) { queue in
            for (key, record) in records { queue.loaded(key, record) }
        }
        note(loads.partition, loads.epoch)
    }

    // MARK: Time and changes

    package mutating func release(now: Duration) {
        for (partition, epoch) in table.assignments {
            _ = table.with(partition, epoch: epoch) { $0.release(now: now) }
            note(partition, epoch)
        }
        callDue(now)
    }

    /// Lets held runs look again whose hold these changes may have ended; nil = all of them.
    package mutating func releaseHeld(_ changes: [HoldChange]? = nil) {
        releases += 1
        for (partition, epoch) in table.assignments {
            let connector = topics.connector(ofActions: partition.topic)
            let changes = changes?.filter { $0.concerns(connector) }
            _ = table.with(partition, epoch: epoch) { queue in
                queue.releaseHeld { hold in
                    changes.map { $0.contains { hold.ends(with: $0) } } ?? !hold.isPersonal
                }
            }
            note(partition, epoch)
        }
        // Somebody may have ended what waits at gates, or lifted them.
        for (store, place) in lines.removeAll() { ready.append(place, of: store) }
        for lane in lanes.all { refill(lane) }
    }

    /// How often held runs were let go: a run that began before such a time may look again.
    var releaseCount: Int { releases }

    /// When the next gate is looked at.
    package var nextWake: Duration? { lines.nextWake }

    /// When the next waiting run is due, or the next gate opens.
    package mutating func nextDue() -> Duration? {
        var next = lines.nextWake
        for (partition, epoch) in table.assignments {
            guard let due = table.with(partition, epoch: epoch, { $0.nextDue }) ?? nil else { continue }
            next = next.map { min($0, due) } ?? due
        }
        return next
    }

    // MARK: Bounds

    /// Whether a partition has so much open or settled beyond its frontier that its commit could hardly say more.
    package mutating func isMapNearlyFull() -> Bool { !fullMaps.isEmpty }

    private var fullMaps: [(partition: TopicPartition, epoch: Int)] {
        mutating get {
            var full: [(partition: TopicPartition, epoch: Int)] = []
            for (partition, epoch) in table.assignments
            where table.with(partition, epoch: epoch, { $0.ledger.isMapNearlyFull }) == true {
                full.append((partition, epoch))
            }
            return full
        }
    }

    /// Where single records hold up a partition's frontier until its commit could hardly say more: moves them aside.
    package mutating func moveHeadsAside() {
        for (partition, epoch) in fullMaps {
            for _ in 0..<Self.headsAtOnce {
                let (effects, isFull) =
                    table.with(partition, epoch: epoch) { ($0.moveHeadAside(), $0.ledger.isMapNearlyFull) }
                    ?? ([], false)
                record(effects, [], partition, epoch)
                if effects.isEmpty || !isFull { break }
            }
            note(partition, epoch)
        }
    }

    private static let headsAtOnce = 64

    package mutating func running(in partitions: Set<TopicPartition>) -> Int {
        var count = 0
        for (partition, epoch) in table.assignments where partitions.contains(partition) {
            count += table.with(partition, epoch: epoch) { $0.runningCount } ?? 0
        }
        return count
    }
}

extension QueuedRun {
    /// Reads from an action record's headers what routing and order need; nil where they are unusable.
    package init?(action record: WireRecord, position: Int64) {
        guard record.header(HeaderName.format) == ActionRun.format, record.value != nil,
            let id = record.header(HeaderName.id).flatMap({ RunID($0) })
        else { return nil }
        let replay = min(
            max(0, record.header(HeaderName.replay).flatMap { Int($0) } ?? 0), RunKey.replayLimit)
        self.init(
            key: RunKey(id: id, replay: replay), position: position,
            orderingKey: record.header(HeaderName.orderingKey),
            store: record.header(HeaderName.store) ?? "", record: record)
    }
}
