import DequeModule
import Flow
import Kafka
import Workers

/// What a sender holds of its assigned partitions, and what it has still to write: one value behind one lock.
///
/// Pure: the session locks it, changes it, unlocks, and then acts. A change of a queue and the records that belong to
/// it are always taken over together, so that a commit's offsets never run ahead of its records.
package struct SendBoard: Sendable {
    /// Where a run is that may begin.
    private struct Place: Sendable {
        let partition: TopicPartition
        let epoch: Int
        let key: RunKey
    }

    /// Ready runs of a store below which those of its that wait for room follow, and how many at a time.
    private static let refill = (below: 64, by: 128)

    private let topics: Topics
    package private(set) var table = AssignmentTable<PartitionQueue>()
    private var pending = Batch()
    private var changed: Set<TopicPartition> = []
    /// Partitions whose frontier moved past their end since it was committed.
    private var trailing: Set<TopicPartition> = []
    /// Records taken and not committed.
    package private(set) var open: Budget
    /// Attempts that were begun and whose outcome is not committed: what a crash repeats.
    package private(set) var unsettledAttempts = 0
    /// Grows whenever `open` and `unsettledAttempts` begin anew.
    private var opening = 0
    /// Runs that may begin, stores in turn: a store with many delays one with few by a run each.
    private var ready = FairQueue<String, Place>()
    /// Open records of each store; one that has its share goes on in the waiting topic.
    private var openOfStore: [String: Int] = [:]
    /// Where stores have runs that wait for room.
    private var crowds: [String: Set<TopicPartition>] = [:]
    private var wantsLoads: Set<TopicPartition> = []
    private var releases = 0
    /// Partitions are about to go or are gone, and no others have come yet.
    package private(set) var isRevoking = false
    /// The assignment that batches must belong to.
    package private(set) var generation = 0

    package init(topics: Topics, openLimit: Int, openBytes: Int) {
        self.topics = topics
        open = Budget(countLimit: openLimit, byteLimit: openBytes)
    }

    // MARK: Assignments

    /// A rebalance begins; batches of the assignment before are refused from here on.
    package mutating func beginGeneration() {
        generation += 1
        isRevoking = false
    }

    package mutating func assign(_ partition: TopicPartition, _ queue: PartitionQueue) {
        let epoch = table.assign(partition, queue)
        for store in queue.crowdedStores { crowds[store, default: []].insert(partition) }
        note(partition, epoch)
        // Sorted, as all that decides who goes first: the same history takes the same course.
        for store in queue.crowdedStores.sorted() { refill(store) }
    }

    /// Partitions are about to go: nothing new begins until others are assigned.
    package mutating func beginRevocation() {
        isRevoking = true
    }

    /// Forgets a partition and what was still to be written for it.
    package mutating func revoke(_ partition: TopicPartition) {
        table.revoke(partition)
        for store in crowds.keys {
            crowds[store]?.remove(partition)
            if crowds[store]?.isEmpty == true { crowds[store] = nil }
        }
        wantsLoads.remove(partition)
        changed.remove(partition)
        trailing.remove(partition)
        pending.writes.removeAll { $0.partition == partition }
        // The range protocol takes all partitions at once: nothing is open any more, settled or not.
        if table.assignments.isEmpty {
            pending = Batch()
            open = Budget(countLimit: open.countLimit, byteLimit: open.byteLimit)
            unsettledAttempts = 0
            ready = FairQueue()
            openOfStore = [:]
            opening += 1
        }
    }

    // MARK: Work

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
        guard let run = QueuedRun(action: wire, position: record.offset) else {
            let letter = DeadLetter(
                connector: topics.connector(ofActions: partition.topic) ?? partition.topic, stage: .action,
                reason:
                    "the action record's headers can't be read: ce_id or sluice_format is missing or unknown",
                store: wire.header(HeaderName.store), place: RecordPlace(record), time: time, actionRun: nil,
                headers: wire.headers, value: wire.value)
            let effects = table.with(partition, epoch: epoch) { $0.takeUnusable(record.offset) } ?? []
            guard !effects.isEmpty else {
                // A predecessor wrote its letter, or it was seen.
                changed.insert(partition)
                note(partition, epoch)
                return
            }
            open.take(0)
            self.record(effects, [letter.record(topics)], partition, epoch)
            note(partition, epoch)
            return
        }
        let delay =
            wire.header(HeaderName.delay).flatMap { Int64($0) }.map { Duration.milliseconds($0) } ?? .zero
        let isCrowding = isCrowding(run.store)
        let taken = table.with(partition, epoch: epoch) { $0.take(run, delay: delay, isCrowding: isCrowding) }
        guard let effects = taken ?? nil else {
            // Settled by a predecessor, or seen: the frontier may have moved past it.
            changed.insert(partition)
            note(partition, epoch)
            return
        }
        open.take(run.byteCount)
        openOfStore[run.store, default: 0] += 1
        self.record(effects, [], partition, epoch)
        note(partition, epoch)
        refill(run.store)
    }

    /// Something may have become ready there.
    private mutating func note(_ partition: TopicPartition, _ epoch: Int) {
        guard let runs = table.with(partition, epoch: epoch, { $0.takeReady() }) else { return }
        for run in runs {
            ready.append(Place(partition: partition, epoch: epoch, key: run.key), of: run.store)
        }
    }

    /// Whether a store's next record goes to the waiting topic, so that those of others behind it are reached.
    private func isCrowding(_ store: String) -> Bool {
        openOfStore[store, default: 0] >= max(1, open.countLimit / 2)
    }

    /// Lets runs follow that wait for their store's room.
    private mutating func refill(_ store: String) {
        guard ready.count(of: store) < Self.refill.below, let partitions = crowds[store] else { return }
        for partition in partitions.sorted() {
            guard let epoch = table.epoch(of: partition) else { continue }
            let hasMore = table.with(partition, epoch: epoch) {
                // Not while some of them wait for their bytes.
                $0.starvedCount(of: store) > 0
                    || $0.releaseCrowd(of: store, max(1, Self.refill.by / partitions.count))
            }
            note(partition, epoch)
            if hasMore != true { crowds[store]?.remove(partition) }
        }
        if crowds[store]?.isEmpty == true { crowds[store] = nil }
    }

    /// The next run that may begin, stores in turn. None begins while as many attempts are unsettled as may be repeated
    /// after a crash.
    package mutating func next() -> Work? {
        guard !isRevoking, unsettledAttempts < open.countLimit else { return nil }
        while let (store, place) = ready.popFirst() {
            let (run, hasLoads) =
                table.with(place.partition, epoch: place.epoch) { ($0.start(place.key), $0.hasLoads) } ?? (
                    nil, false
                )
            if hasLoads { wantsLoads.insert(place.partition) }
            // What has to be read again first is its store's next.
            guard let run else { continue }
            refill(store)
            unsettledAttempts += 1
            return Work(partition: place.partition, epoch: place.epoch, run: run, releases: releases)
        }
        return nil
    }

    package var hasLoads: Bool { !wantsLoads.isEmpty }

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

    /// An attempt ended. What it leads to is written with the next commit; nothing happens where the assignment is over.
    package mutating func finish(
        _ work: Work, _ key: RunKey, _ verdict: PartitionQueue.Verdict, _ records: [WireRecord],
        spent: Duration, at time: Int64
    ) {
        let hasChanged = work.releases != releases
        let effects = table.with(work.partition, epoch: work.epoch) { queue in
            let effects = queue.finish(key, verdict, spent: spent, at: time)
            // What it is held for may have come while it was tried.
            if verdict == .held, hasChanged { queue.releaseHeld(key) }
            return effects
        }
        guard let effects else { return }
        pending.attempts += 1
        record(effects, records, work.partition, work.epoch)
        note(work.partition, work.epoch)
    }

    package mutating func release(now: Duration) {
        for (partition, epoch) in table.assignments {
            _ = table.with(partition, epoch: epoch) { $0.release(now: now) }
            note(partition, epoch)
        }
    }

    package mutating func releaseHeld() {
        releases += 1
        for (partition, epoch) in table.assignments {
            _ = table.with(partition, epoch: epoch) { $0.releaseHeld() }
            note(partition, epoch)
        }
    }

    package mutating func nextDue() -> Duration? {
        var next: Duration?
        for (partition, epoch) in table.assignments {
            guard let due = table.with(partition, epoch: epoch, { $0.nextDue }) ?? nil else { continue }
            next = next.map { min($0, due) } ?? due
        }
        return next
    }

    /// Whether a partition has so much open or settled beyond its frontier that its commit could hardly say more.
    package mutating func isMapNearlyFull() -> Bool {
        for (partition, epoch) in table.assignments
        where table.with(partition, epoch: epoch, { $0.ledger.isMapNearlyFull }) == true {
            return true
        }
        return false
    }

    package mutating func running(in partitions: Set<TopicPartition>) -> Int {
        var count = 0
        for (partition, epoch) in table.assignments where partitions.contains(partition) {
            count += table.with(partition, epoch: epoch) { $0.runningCount } ?? 0
        }
        return count
    }

    // MARK: Writing

    private mutating func record(
        _ effects: [PartitionQueue.Effect], _ records: [WireRecord], _ partition: TopicPartition, _ epoch: Int
    ) {
        for record in records {
            pending.writes.append(Write(partition: partition, epoch: epoch, record: record, parked: nil))
        }
        // Every batch with records carries the frontier, moved or not: only with offsets does Kafka look at the membership
        // under which it was made.
        if !records.isEmpty || !effects.isEmpty { changed.insert(partition) }
        let waiting =
            topics.connector(ofActions: partition.topic).map { topics.waiting($0) } ?? partition.topic
        for effect in effects {
            switch effect {
            case .settle(_, let bytes, let store):
                leave(store)
                pending.settledCount += 1
                pending.settledBytes += bytes
            case .park(let parked):
                if parked.reason == .crowded { crowds[parked.run.store, default: []].insert(partition) }
                guard let record = parked.record(topic: waiting, partition: partition.partition) else {
                    continue
                }
                pending.writes.append(
                    Write(partition: partition, epoch: epoch, record: record, parked: parked))
            case .unpark(let key):
                let tombstone = WireRecord(
                    topic: waiting, partition: partition.partition, key: key.waitingKey, value: nil)
                pending.writes.append(
                    Write(partition: partition, epoch: epoch, record: tombstone, parked: nil))
            }
        }
    }

    private mutating func leave(_ store: String) {
        guard let count = openOfStore[store] else { return }
        openOfStore[store] = count > 1 ? count - 1 : nil
    }

    /// Has records written that belong to no change of a queue.
    package mutating func write(_ records: [WireRecord], of partition: TopicPartition) {
        guard let epoch = table.epoch(of: partition) else { return }
        record([], records, partition, epoch)
    }

    package var pendingCount: Int { pending.writes.count + pending.settledCount }
    package var hasPending: Bool { pendingCount > 0 || !changed.isEmpty }

    /// Hands over everything that is to be written, with the offsets that go with it.
    package mutating func takeBatch() -> Batch {
        var batch = pending
        batch.opening = opening
        pending = Batch()
        for (partition, epoch) in table.assignments where changed.contains(partition) {
            let commit = table.with(partition, epoch: epoch) { queue in
                let frontier = queue.ledger.frontier
                return OffsetCommit(
                    topicPartition: partition, offset: frontier,
                    metadata: queue.ledger.settledMap.metadata(frontier: frontier))
            }
            if let commit { batch.offsets.append(commit) }
        }
        changed = []
        return batch
    }

    /// A batch was written: delays begin, and its records are no longer open.
    package mutating func written(_ batch: Batch, _ deliveries: [Delivery], now: Duration) {
        for (write, delivery) in zip(batch.writes, deliveries) {
            guard let parked = write.parked else { continue }
            _ = table.with(write.partition, epoch: write.epoch) {
                $0.parked(
                    parked.run.key, stamp: parked.stamp, offset: delivery.offset, delay: parked.delay,
                    now: now)
            }
        }
        guard batch.opening == opening else { return }
        unsettledAttempts -= batch.attempts
        open.release(count: batch.settledCount, bytes: batch.settledBytes)
    }
}

extension QueuedRun {
    /// Reads from an action record's headers what routing and order need; nil where they are unusable.
    package init?(action record: WireRecord, position: Int64) {
        guard record.header(HeaderName.format) == ActionRun.format, record.value != nil,
            let id = record.header(HeaderName.id).flatMap({ RunID($0) })
        else { return nil }
        let replay = record.header(HeaderName.replay).flatMap { Int($0) } ?? 0
        self.init(
            key: RunKey(id: id, replay: replay), position: position,
            orderingKey: record.header(HeaderName.orderingKey),
            store: record.header(HeaderName.store) ?? "", record: record)
    }
}
