import Flow
import Kafka
import Liquid
import Pipeline
import Workers

// What the truth makes of each record that Kafka has taken for good.

extension Truth {
    func action(_ entry: SimulatedPartition.Entry, _ partition: Int) throws {
        if let decision = DecisionRecord(entry.record) {
            guard let run = runs[decision.key] else { return }
            switch decision.decision {
            case .send:
                run.decisions = run.doubts
                run.permissions += 1
                run.answeredOffset = run.questionOffset
            case .skip:
                run.decisions = run.doubts
                run.answeredOffset = run.questionOffset
            // It answers no doubt: of a run whose keeper's record came too late, somebody is still asked.
            case .release: run.isReleased = true
            }
            return
        }
        guard let queued = QueuedRun(action: entry.record, position: entry.offset) else {
            events.expectLetter(of: partition, entry.offset)
            return
        }
        if let known = runs[queued.key] {
            saw("copy of an action record")
            if isExactlyOnce {
                expectedCopies[queued.key, default: 0] -= 1
                guard expectedCopies[queued.key, default: 0] >= 0 else {
                    throw Violation("S2: a second action record of run \(known.name)")
                }
            }
            return
        }
        let run = RunTruth(
            queued, partition: partition,
            isDelayed: entry.record.header(HeaderName.delay) != nil,
            isAsking: topics.connector(ofActions: layout.partitions[partition].topic) == World.asking,
            number: runs.count)
        runs[queued.key] = run
        insert(run)
        // What was sent again stands where the run stands whose letter it is, while that keeps its place.
        guard isExactlyOnce, let former = former(of: run), former.keepsPlace, !former.isReleased else {
            return
        }
        saw("place taken again")
        try move(run, to: former.position)
    }

    private func insert(_ run: RunTruth) {
        let runs = order[run.partition] ?? []
        let place = runs.lastIndex { $0.position < run.position }.map { $0 + 1 } ?? 0
        order[run.partition, default: []].insert(run, at: place)
    }

    /// The copy that was sent before this one, of whose letter it comes.
    func former(of run: RunTruth) -> RunTruth? {
        runs[RunKey(id: run.key.id, replay: run.key.replay - 1)]
    }

    /// A run says where it stands: at its own offset, or where its former copy kept the place.
    func move(_ run: RunTruth, to position: Int64) throws {
        guard position != run.position else { return }
        let isFormers = run.isReplay && former(of: run)?.position == position
        guard !isExactlyOnce && position == run.offset || isFormers else {
            throw Violation("S3: run \(run.name) has the place \(position)")
        }
        order[run.partition]?.removeAll { $0 === run }
        run.position = position
        insert(run)
    }

    func waiting(_ entry: SimulatedPartition.Entry, _ partition: Int) throws {
        guard let key = entry.record.key else { return }
        waitingKeys[partition, default: [:]][key] = entry.record.value == nil ? nil : entry.offset
        if let run = StartNote.run(ofKey: key) {
            let isAsking = StartNote(entry.record)?.isAsking == true
            runs[run]?.questionOffset = isAsking ? entry.offset : -1
            saw(entry.record.value == nil ? "note removed" : "note of an attempt")
            return
        }
        guard let run = RunKey(waitingKey: key).flatMap({ runs[$0] }) else {
            if entry.record.value != nil { events.expectLetter(of: partition, entry.offset) }
            return
        }
        guard entry.record.value != nil else {
            run.waiting = nil
            unchecked.append(run)
            return
        }
        guard let note = WaitingNote(entry.record) else {
            throw Violation("the waiting record of run \(run.name) can't be read")
        }
        try move(run, to: note.run.position)
        saw("waiting \(note.reason.rawValue)")
        run.waiting = RunTruth.Waiting(
            attempts: note.run.attempts, time: entry.time,
            due: note.delay.map { entry.time + $0.milliseconds * 1000 },
            keepsPlace: note.cause == .held(.deadLetter))
        // At least once its letter may be written before it is.
        if note.cause == .held(.deadLetter) { run.keepsPlace = true }
    }

    func report(_ record: WireRecord) throws {
        guard let value = record.value, let report = RunRecord(value: try JSONParser.parse(value)) else {
            throw Violation("a runs record can't be read")
        }
        switch report {
        case .event(let event):
            saw("event \(event.refused ?? (event.skipped.isEmpty ? "matched" : "skipped"))")
            try events.reported(event)
        case .end(let end):
            saw("end \(end.end.rawValue)")
            try events.ended(end)
        case .attempt(let attempt):
            saw("attempt \(attempt.outcome)")
            guard let run = runs[RunKey(id: attempt.actionRun, replay: attempt.replay)] else { return }
            if attempt.outcome == "in-doubt" { run.doubts += 1 }
            guard let end = attempt.end else { return }
            if isExactlyOnce, run.hasEnd { throw Violation("S2: a second end of run \(run.name)") }
            run.ends.append(end)
            if end == .succeeded, attempt.outcome != "skipped", run.actedCount == 0, !run.isFound {
                throw Violation("S1: run \(run.name) ended well, and its app never heard of it")
            }
        }
    }

    func letter(_ record: WireRecord) throws {
        guard let letter = DeadLetter(record) else { throw Violation("a letter can't be read") }
        saw("letter \(letter.stage.rawValue)")
        // The end of a run that can't be read; others report theirs.
        if letter.stage == .action, let id = letter.actionRun {
            runs[RunKey(id: id, replay: 0)]?.ends.append(.succeeded)
        }
        try lettered(letter)
        try events.lettered(letter)
    }

    /// S2: a run that failed for good leaves one letter.
    private func lettered(_ letter: DeadLetter) throws {
        guard letter.stage == .rejected || letter.stage == .exhausted, let id = letter.runID,
            let run = runs[RunKey(id: id, replay: letter.replay)]
        else { return }
        run.letters += 1
        guard run.letters == 1 || !isExactlyOnce else {
            throw Violation("S2: a second letter of run \(run.name)")
        }
        letters.append(letter)
        if isExactlyOnce, letter.holdsKey { run.keepsPlace = true }
    }
}

// What persons choose from.

extension Truth {
    /// Runs about which somebody has to decide, with the partition of their actions; also such as a process that had lost
    /// the partition ended at least once, and that its successor still holds back.
    var inDoubt: [(key: RunKey, partition: Int)] {
        order.keys.sorted().flatMap { partition in
            (order[partition] ?? []).filter {
                $0.isAsking && $0.doubts > $0.decisions
                    || !$0.isAsking && $0.questionOffset > $0.answeredOffset
            }.map { ($0.key, partition) }
        }
    }

    /// Runs that keep their key's place, and of whose letters nobody decides any more.
    var forgottenKeepers: [(key: RunKey, partition: Int)] {
        order.keys.sorted().flatMap { partition in
            (order[partition] ?? []).filter { $0.waiting?.keepsPlace == true && !$0.isReleased }
                .map { ($0.key, partition) }
        }
    }

    /// The action record of a run, for who copies it.
    var partitionsWithRuns: [(partition: Int, position: Int64, key: RunKey)] {
        layout.actions.joined().flatMap { partition in
            (order[partition] ?? []).map { (partition, $0.offset, $0.key) }
        }
    }
}
