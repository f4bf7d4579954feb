import Flow

/// Compares what was emitted with what the runs topic tells and with what the vendor saw: pure, fed as it comes.
///
/// Each source is fed in its own order, and what the vendor saw before the records that tell of it. A run is forgotten,
/// but for what its repeats are known by, once all is known of it and of those before it of its key: memory grows with
/// the runs under way. Repeats are in HistoryCheck+Repeats.swift, the order of keys in HistoryCheck+Order.swift.
package struct HistoryCheck: Sendable {
    /// The one workflow whose runs are checked, and the place of its one step.
    let workflow: String
    private let stepPath: String
    let rules: CheckRules
    var runs: [RunID: CheckedRun] = [:]
    var settled: SettledRuns
    var keys: [String: KeyOrder] = [:]
    /// Runs that ask whether workers are there: nothing is expected of them.
    private var probes: Set<RunID> = []
    /// Requests on the wire.
    private var onWire: [Int: RunID] = [:]
    var tally = VerificationReport()
    var disturbances: [Disturbance] = []
    var repeats: [Repeat] = []
    var overlaps: [Overlap] = []

    /// - Parameter memory: runs that are over whose repeats are known for such, at least.
    package init(
        workflow: String, stepPath: String = "0", rules: CheckRules = CheckRules(), memory: Int = 1_000_000
    ) {
        self.workflow = workflow
        self.stepPath = stepPath
        self.rules = rules
        settled = SettledRuns(limit: memory)
    }

    /// Runs of which not all is known.
    package private(set) var outstanding = 0

    /// Runs that are held in memory.
    package var held: Int { runs.count }

    /// An event is about to be emitted.
    ///
    /// - Parameter position: grows within a key.
    package mutating func expect(_ event: EventIdentity, key: String, position: Int) {
        let id = runID(of: event)
        guard runs[id] == nil else { return }
        tally.events += 1
        outstanding += 1
        runs[id] = CheckedRun(event: event, id: id, key: key, position: position)
        keys[key, default: KeyOrder()].waiting.append(id)
    }

    /// An event is about to be emitted that only asks whether workers are there.
    package mutating func expectProbe(_ event: EventIdentity) { probes.insert(runID(of: event)) }

    package func runID(of event: EventIdentity) -> RunID {
        .actionRun(
            store: event.store, source: event.source, event: event.id, workflow: workflow, stepPath: stepPath)
    }

    package mutating func take(_ disturbance: Disturbance) {
        disturbances.append(disturbance)
        tally.disturbances[disturbance.kind, default: 0] += 1
    }

    // MARK: Records

    package mutating func take(_ record: RunRecord) {
        switch record {
        case .event(let report): take(report)
        case .attempt(let report): take(report)
        case .end(let report): take(report)
        }
    }

    private mutating func take(_ report: RunRecord.EventReport) {
        let id = runID(of: report.event)
        let isStarted = report.started.contains { $0.workflow == workflow }
        guard var run = runs[id] else {
            if isStarted, settled[id]?.isStarted == true { tally.recordedTwice += 1 }
            return
        }
        if isStarted {
            if run.isReported { tally.recordedTwice += 1 }
            run.isReported = true
            run.exclusion = nil
        } else if !run.isReported, report.refused != "duplicate" {
            let skip = report.skipped.first { $0.workflow == workflow }.map { "skipped: \($0.reason)" }
            run.exclusion = report.refused.map { "refused: \($0)" } ?? skip ?? "no workflow ran for it"
        }
        update(run)
    }

    private mutating func take(_ report: RunRecord.AttemptReport) {
        guard report.workflow == workflow, report.replay == 0 else { return }
        guard var run = runs[report.actionRun] else {
            if settled[report.actionRun] != nil { tally.recordedTwice += 1 }
            return
        }
        // What was held or is in doubt is a note: it counts no attempt, and its number comes again.
        if !CheckedRun.isNote(report.outcome) {
            let known = run.attempts[report.attempt]
            if let known, !CheckedRun.isNote(known.outcome) {
                tally.recordedTwice += 1
            } else {
                tally.attempts += 1
            }
        } else if run.attempts[report.attempt] != nil {
            return
        }
        run.attempts[report.attempt] = CheckedRun.Attempt(
            outcome: report.outcome, delay: report.delayMilliseconds,
            isUnanswered: report.outcome == "retry" && report.reason?.hasPrefix("no answer") == true)
        update(run)
    }

    private mutating func take(_ report: RunRecord.EndReport) {
        guard report.run.workflow == workflow else { return }
        let id = runID(of: report.run.event)
        guard var run = runs[id] else {
            if settled[id] != nil { tally.recordedTwice += 1 }
            return
        }
        if run.end != nil { tally.recordedTwice += 1 }
        run.end = run.end ?? report.end
        update(run)
    }

    /// A run that failed for good; an action or an event that could not be used at all.
    package mutating func take(_ letter: DeadLetter) {
        switch letter.stage {
        case .trigger: takeTriggerLetter(letter)
        case .rejected, .exhausted, .action, .waiting:
            guard let id = letter.actionRun, var run = runs[id] else { return }
            if letter.stage == .rejected || letter.stage == .exhausted {
                run.hasLetter = true
            } else {
                run.exclusion = "unusable: \(letter.reason)"
            }
            update(run)
        }
    }

    private mutating func takeTriggerLetter(_ letter: DeadLetter) {
        guard let store = letter.store,
            let event = letter.headers.last(where: { $0.name == HeaderName.id })
        else { return }
        let identity = EventIdentity(
            source: letter.connector, store: store, id: String(decoding: event.value, as: UTF8.self),
            trigger: TriggerReference(connector: letter.connector, handle: ""))
        guard var run = runs[runID(of: identity)] else { return }
        run.exclusion = "unusable: \(letter.reason)"
        update(run)
    }

    // MARK: The vendor

    package mutating func take(_ sighting: VendorSighting) {
        switch sighting {
        case .began(let request): take(request)
        case .ended(let sequence, let time, let isSuccess):
            guard let id = onWire.removeValue(forKey: sequence) else { return }
            end(sequence, of: id, at: time, isSuccess: isSuccess)
        }
    }

    private mutating func take(_ request: VendorSighting.Request) {
        guard let id = request.run else {
            return tally.unknown.note("request \(request.sequence) names no run")
        }
        if var run = runs[id] {
            tally.requests += 1
            if let final = run.lastFinal {
                noteRepeat(of: run.id, finished: final.began, again: request.time, run.text)
            }
            noteArrival(request, key: run.key, position: run.position, isFirst: run.requests.isEmpty)
            run.requests.append(
                CheckedRun.Request(
                    sequence: request.sequence, began: request.time, answer: request.answer,
                    isLate: run.firstFinal != nil))
            onWire[request.sequence] = run.id
            update(run)
        } else if let run = settled[id] {
            tally.requests += 1
            if let finished = run.finished {
                noteRepeat(of: id, finished: finished, again: request.time, "action run \(id)")
            }
            noteArrival(request, key: run.key, position: run.position, isFirst: false)
            let isFinal = request.answer == "200" || CheckedRun.isRefusal(request.answer)
            settled.update(id, finished: isFinal ? request.time : nil)
            onWire[request.sequence] = id
        } else if !probes.contains(id) {
            tally.unknown.note("request \(request.sequence) is for action run \(id)")
        }
    }

    private mutating func end(_ sequence: Int, of id: RunID, at time: Int64, isSuccess: Bool) {
        guard var run = runs[id], let place = run.requests.firstIndex(where: { $0.sequence == sequence })
        else {
            if let run = settled[id] { keys[run.key]?.onWire[sequence] = nil }
            return
        }
        if isSuccess {
            if run.firstSuccess == nil { tally.delivered += 1 }
            if let success = run.firstSuccess, !run.requests[place].isLate {
                // Two were on the wire at once, and both succeeded.
                noteRepeat(
                    of: id, finished: success.began, again: run.requests[place].began, run.text)
            }
        }
        run.requests[place].ended = time
        run.requests[place].isSuccess = isSuccess
        keys[run.key]?.onWire[sequence] = nil
        update(run)
    }

    // MARK: Ends

    /// Keeps what is known of a run, and lets those go of its key of which all is known.
    private mutating func update(_ run: CheckedRun) {
        let wasOver = runs[run.id]?.isOver == true
        runs[run.id] = run
        if run.isOver != wasOver { outstanding += wasOver ? 1 : -1 }
        if run.isOver { advance(run.key) }
    }

    /// Somebody looked: a run that is not over is nowhere any more.
    package mutating func lose(_ id: RunID, _ reason: String) {
        guard var run = runs[id], !run.isOver else { return }
        run.isLost = true
        tally.lost.note("\(run.text): \(reason)")
        update(run)
    }

    /// Everything was fed that there is: what succeeded by its record and was never delivered is lost, and a dead letter that
    /// is missing will not come.
    package mutating func finish() {
        for var run in runs.values where !run.isOver && run.requests.allSatisfy({ $0.ended != nil }) {
            switch run.end {
            case .succeeded: lose(run.id, "it succeeded by its record, and the vendor never answered it so")
            case .rejected, .dead:
                tally.unlettered.note("\(run.text): \(Self.state(of: run))")
                run.isLost = true
                update(run)
            case .cancelled, nil: continue
            }
        }
    }

    /// Runs that are not over, at most so many.
    package func open(limit: Int) -> [OpenRun] {
        runs.values.lazy.filter { !$0.isOver }.prefix(limit).map { run in
            OpenRun(
                event: run.event, id: run.id, isMatched: run.isReported, end: run.end)
        }
    }

    /// Counts a run as what it came to, and forgets it but for its repeats.
    mutating func close(_ run: CheckedRun) {
        runs[run.id] = nil
        if let exclusion = run.exclusion { tally.excluded.note("\(run.text): \(exclusion)") }
        switch run.end {
        case .succeeded: tally.succeeded += 1
        case .rejected, .cancelled: tally.rejected += 1
        case .dead: tally.dead += 1
        case nil: break
        }
        if let undelivered = run.undelivered { tally.undelivered.note("\(run.text): \(undelivered)") }
        if let early = run.earlyRetry { tally.early.note("\(run.text): \(early)") }
        settled.insert(
            SettledRuns.Run(
                key: run.key, position: run.position, finished: run.lastFinal?.began,
                lostAnswers: run.lostAnswers, isStarted: run.isReported),
            run.id)
    }

    /// What is known now. Runs that are not over count as unfinished.
    package func report() -> VerificationReport {
        var report = tally
        explainRepeats(&report)
        explainOverlaps(&report)
        for run in runs.values where !run.isOver {
            report.unfinished.note("\(run.text): \(Self.state(of: run))")
        }
        return report
    }

    private static func state(of run: CheckedRun) -> String {
        if run.end == .succeeded { return "it succeeded, and the vendor has not seen it" }
        if let end = run.end, end != .succeeded, !run.hasLetter {
            return "it ended \(end.rawValue), and no dead letter tells of it"
        }
        if !run.isReported { return "no matcher has reported it" }
        if run.requests.isEmpty { return "matched, and not sent" }
        return
            "\(run.requests.count.counted("request")), the last answered \(run.requests.last?.answer ?? "-")"
    }
}

/// A run that is not over, for whoever wants to know where it is.
package struct OpenRun: Hashable, Sendable {
    package let event: EventIdentity
    package let id: RunID
    package let isMatched: Bool
    package let end: RunEnd?

    package init(event: EventIdentity, id: RunID, isMatched: Bool, end: RunEnd?) {
        self.event = event
        self.id = id
        self.isMatched = isMatched
        self.end = end
    }
}
