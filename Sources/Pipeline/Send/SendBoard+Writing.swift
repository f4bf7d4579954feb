import Flow
import Kafka
import Workers

// What a send board has to write: records, and the offsets that go with them.

extension SendBoard {
    func waitingTopic(of partition: TopicPartition) -> String {
        topics.connector(ofActions: partition.topic).map { topics.waiting($0) } ?? partition.topic
    }

    mutating func record(
        _ effects: [PartitionQueue.Effect], _ records: [WireRecord], _ partition: TopicPartition, _ epoch: Int
    ) {
        for record in records {
            pending.writes.append(Write(partition: partition, epoch: epoch, record: record, parked: nil))
        }
        // Every batch with records carries the frontier, moved or not: only with offsets does Kafka look at the membership
        // under which it was made.
        if !records.isEmpty || !effects.isEmpty { changed.insert(partition) }
        let waiting = waitingTopic(of: partition)
        for effect in effects {
            switch effect {
            case .settle(_, let bytes, let store):
                leave(store)
                pending.settledCount += 1
                pending.settledBytes += bytes
            case .park(let parked):
                if case .lane(let gate) = parked.cause {
                    lanes.insert(Lane(store: parked.run.store, gate: gate), partition)
                }
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
            case .decided(let key, let decision):
                var note = StartNote(run: key, store: "", position: 0, policy: .ask, doubt: nil)
                note.isNamed = true
                note.decision = decision
                starts.found(note, partition)
                pending.writes.append(
                    Write(
                        partition: partition, epoch: epoch,
                        record: note.record(topic: waiting, partition: partition.partition), parked: nil))
            }
        }
    }

    /// Has records written that belong to no change of a queue.
    package mutating func write(_ records: [WireRecord], of partition: TopicPartition) {
        guard let epoch = table.epoch(of: partition) else { return }
        record([], records, partition, epoch)
    }

    package var pendingCount: Int { pending.writes.count + pending.settledCount }
    package var hasPending: Bool {
        pendingCount > 0 || !changed.isEmpty || starts.urgentCount > 0 || starts.hasLate
    }

    /// Hands over everything that is to be written, with the offsets that go with it.
    ///
    /// - Parameter notesStarts: whether attempts that are on their way are noted along with it.
    package mutating func takeBatch(notesStarts: Bool = false) -> Batch {
        for note in starts.takeLate() {
            let partition = note.partition
            guard let epoch = table.epoch(of: partition) else { continue }
            record(
                [], [StartBook.tombstone(note.run, partition, waitingTopic(of: partition))], partition, epoch)
        }
        var announced: [RunKey] = []
        if notesStarts || starts.urgentCount > 0 {
            for start in starts.takeUnwritten() {
                let note = start.note.record(
                    topic: waitingTopic(of: start.partition), partition: start.partition.partition)
                record([], [note], start.partition, start.epoch)
                announced.append(start.note.run)
            }
        }
        var batch = pending
        batch.opening = opening
        batch.announced = announced
        batch.ending = starts.takeEnding()
        pending = Batch()
        for (partition, epoch) in table.assignments where changed.contains(partition) {
            let commit = table.with(partition, epoch: epoch) { queue in
                let frontier = queue.ledger.frontier
                return OffsetCommit(
                    topicPartition: partition, offset: frontier,
                    metadata: queue.ledger.settledMap.metadata(
                        frontier: frontier, floor: queue.waitingFloor))
            }
            if let commit { batch.offsets.append(commit) }
        }
        changed = []
        return batch
    }

    /// A batch was written: delays begin, and its records are no longer open.
    package mutating func written(_ batch: Batch, _ deliveries: [Delivery], now: Duration) {
        acknowledge(batch, deliveries)
        for (write, delivery) in zip(batch.writes, deliveries) {
            guard let parked = write.parked else { continue }
            _ = table.with(write.partition, epoch: write.epoch) {
                $0.parked(
                    parked.run.key, stamp: parked.stamp, offset: delivery.offset, delay: parked.delay,
                    now: now)
            }
        }
        for run in batch.announced { starts.acknowledge(run) }
        if batch.opening == opening { starts.committed(batch.ending) }
        guard batch.opening == opening else { return }
        unsettledAttempts -= batch.attempts
        open.release(count: batch.settledCount, bytes: batch.settledBytes)
    }

    /// Which records of the waiting topics count from here on, and which no more.
    private mutating func acknowledge(_ batch: Batch, _ deliveries: [Delivery]) {
        var places: [TopicPartition: (waiting: TopicPartition, epoch: Int)] = [:]
        for (write, delivery) in zip(batch.writes, deliveries) {
            let partition = write.partition
            let place =
                places[partition]
                ?? (
                    TopicPartition(topic: waitingTopic(of: partition), partition: partition.partition),
                    write.epoch
                )
            places[partition] = place
            guard delivery.topicPartition == place.waiting else { continue }
            _ = table.with(partition, epoch: place.epoch) {
                $0.waitingAcknowledged(
                    write.record.key, isTombstone: write.record.value == nil, offset: delivery.offset)
            }
        }
        for (partition, place) in places {
            _ = table.with(partition, epoch: place.epoch) { $0.waitingBatchEnded(isAtomic: isAtomic) }
        }
    }

    // MARK: Attempts on their way

    /// An attempt is about to be sent.
    package mutating func began(_ work: Work, _ note: StartNote) {
        guard table.epoch(of: work.partition) == work.epoch else { return }
        starts.begin(note, work.partition, work.epoch)
    }

    /// An attempt did not begin after all, since its assignment is over.
    package mutating func abandon(_ work: Work, now: Duration) {
        gates.giveBack(work.route, work.passes, now: now)
        for circuit in work.route.circuits { call(.circuit(circuit), now) }
        // The start may be that of a later assignment.
        guard table.epoch(of: work.partition) == work.epoch else { return }
        _ = starts.end(work.run.key, work.partition, waiting: "")
    }

    /// Whether the waiting topic has the note of an attempt; nil once its assignment is over.
    package func isNoted(_ work: Work) -> Bool? {
        guard table.epoch(of: work.partition) == work.epoch else { return nil }
        return starts.isAcknowledged(work.run.key)
    }

    /// Notes that a predecessor left of a partition that was just assigned.
    package mutating func found(_ notes: [StartNote], of partition: TopicPartition) {
        for note in notes { starts.found(note, partition) }
    }
}
