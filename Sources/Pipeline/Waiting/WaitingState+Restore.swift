import Flow

// From what a waiting topic says to a queue: pure, so that it can be driven without brokers.

extension PartitionQueue {
    /// Puts back everything that waits.
    ///
    /// - Parameters:
    ///   - notes: of attempts in doubt that must not be repeated unasked.
    ///   - isAnew: the action topic is another one than that which the runs came from.
    ///   - brokerTime: of a record that was just appended to the waiting topic, ms since 1970; nil = unknown.
    ///   - localTime: by this process's clock, for topics that brokers don't stamp.
    ///   - stillHolds: whether what holds a run back is still there.
    mutating func restore(
        _ state: consuming WaitingState, _ notes: [StartNote] = [], isAnew: Bool, brokerTime: Int64?,
        localTime: Int64, now: Duration, stillHolds: (Hold) -> Bool = { _ in false }
    ) {
        for note in notes {
            switch (note.policy, note.decision) {
            case (_, let decision?): decided(note.run, decision)
            case (.ask, nil): doubt(note.run)
            case (_, nil): suspect(note.run, lookIn: note.lookUpDelay ?? .zero)
            }
        }
        standing.found(state.apart)
        state.drain { run in
            let left = run.note.delay.map {
                WaitingDelay.remaining(
                    of: $0, since: run.timestamp, now: run.isBrokerTime ? brokerTime : localTime)
            }
            restore(
                isAnew ? run.note.run.beforeAll : run.note.run, cause: run.note.cause, offset: run.offset,
                dueIn: left, now: now)
        }
        restored(now: now, stillHolds: stillHolds)
    }
}

extension WaitingState {
    /// What can't be read, as dead letters, each with the tombstone that goes with it.
    ///
    /// - Parameter time: RFC 3339.
    func letters(_ topics: Topics, time: String) -> [WireRecord] {
        unreadable.flatMap { record in
            let wire = WireRecord(record)
            let letter = DeadLetter(
                connector: topics.connector(ofWaiting: wire.topic) ?? wire.topic, stage: .waiting,
                reason: "the waiting record can't be read; was it written by a newer version?",
                store: wire.header(HeaderName.store), place: RecordPlace(record), time: time,
                actionRun: nil, headers: wire.headers, value: wire.value)
            let tombstone = WireRecord(
                topic: wire.topic, partition: wire.partition, key: wire.key, value: nil)
            return [letter.record(topics), tombstone]
        }
    }
}
