import Flow

/// Follows announced events to the end of every run that they start: pure, fed with the records of the runs and dead
/// topics.
///
/// An event is forgotten once all is known of it, so memory grows only with events under way. Repeats, which a crash
/// may cause, count once. A run's end may come before the report of its event: with at-least-once delivery the
/// matcher writes actions first.
package struct RunTracker: Sendable {
    /// What identifies an event, without the trigger that it claims.
    private struct Key: Hashable, Sendable {
        let source: String
        let store: String
        let id: String

        init(_ event: EventIdentity) {
            (source, store, id) = (event.source, event.store, event.id)
        }
    }

    private struct Progress: Sendable {
        let event: EventIdentity
        var isReported = false
        var open: Set<RunID> = []
        var ended: Set<RunID> = []
        var delivered: Set<RunID> = []
        /// Action runs that something keeps back.
        var waiting: [RunID: RunStanding] = [:]

        var isOver: Bool { isReported && open.isEmpty }

        var standing: RunStanding {
            guard isReported else { return RunStanding(.notMatched) }
            return waiting.min { $0.key < $1.key }?.value ?? RunStanding(.underWay)
        }
    }

    private var progress: [Key: Progress] = [:]
    package private(set) var tally = RunTally()

    package init() {}

    /// Events that are not over.
    package var outstanding: Int { progress.count }

    /// Some of the events that are not over, and where they stand.
    package func examples(_ limit: Int) -> [(event: EventIdentity, standing: RunStanding)] {
        progress.values.prefix(limit).map { ($0.event, $0.standing) }
    }

    /// Where events stand that are not over.
    package var standings: Set<RunStanding.Kind> { Set(progress.values.map(\.standing.kind)) }

    package mutating func expect(_ events: some Sequence<EventIdentity>) {
        for event in events where progress[Key(event)] == nil {
            progress[Key(event)] = Progress(event: event)
            tally.count(event.source) { $0.events += 1 }
        }
    }

    /// Takes a record of the runs topic.
    ///
    /// - Returns: whether it tells something new of an expected event.
    package mutating func take(_ record: RunRecord) -> Bool {
        let key = Key(record.event)
        guard var state = progress.removeValue(forKey: key) else { return false }
        let isNew: Bool
        switch record {
        case .event(let report): isNew = take(report, &state)
        case .attempt(let report): isNew = take(report, &state)
        case .end(let report): isNew = take(report, &state)
        }
        if !state.isOver { progress[key] = state }
        return isNew
    }

    /// Takes a record of the dead topic.
    ///
    /// - Returns: the expected event that it is about, where that could not be used. Action runs that failed for good
    ///   have their records in the runs topic.
    package mutating func take(_ letter: DeadLetter) -> EventIdentity? {
        guard letter.stage == .trigger, let store = letter.store,
            let id = letter.headers.last(where: { $0.name == HeaderName.id }).map({
                String(decoding: $0.value, as: UTF8.self)
            })
        else { return nil }
        let trigger = TriggerReference(connector: letter.connector, handle: "")
        let key = Key(EventIdentity(source: letter.connector, store: store, id: id, trigger: trigger))
        guard let state = progress.removeValue(forKey: key) else { return nil }
        tally.count(state.event.source) { $0.unusable += 1 }
        return state.event
    }

    private mutating func take(_ report: RunRecord.EventReport, _ state: inout Progress) -> Bool {
        guard !state.isReported else { return false }
        state.isReported = true
        state.open = Set(report.started.map(\.run)).subtracting(state.ended)
        let isMatched = !report.started.isEmpty
        if isMatched { tally.noteMatch(of: report.event.trigger) }
        tally.count(report.event.source) { counts in
            counts.runsStarted += report.started.count
            counts.runsSkipped += report.skipped.count
            if report.refused != nil {
                counts.refused += 1
            } else if isMatched {
                counts.matched += 1
            } else {
                counts.unmatched += 1
            }
        }
        return true
    }

    private mutating func take(_ report: RunRecord.AttemptReport, _ state: inout Progress) -> Bool {
        let isFirstDelivery = report.end == .succeeded && state.delivered.insert(report.actionRun).inserted
        if isFirstDelivery { tally.noteDelivery(of: report.action) }
        state.waiting[report.actionRun] =
            report.end == nil ? RunStanding(after: report.outcome, reason: report.reason) : nil
        let isRetry = report.outcome == "retry" && report.end == nil
        if isRetry { tally.noteRetry(of: report.action) }
        tally.count(report.action.connector) { counts in
            counts.attempts += 1
            if isFirstDelivery { counts.delivered += 1 }
            if isRetry { counts.retries += 1 }
            if report.outcome == "held" { counts.held += 1 }
            if report.end == .rejected { counts.rejected += 1 }
            if report.end == .dead { counts.dead += 1 }
        }
        return true
    }

    private mutating func take(_ report: RunRecord.EndReport, _ state: inout Progress) -> Bool {
        guard state.ended.insert(report.run.id).inserted else { return false }
        state.open.remove(report.run.id)
        tally.count(report.run.event.source) { counts in
            switch report.end {
            case .succeeded: counts.runsSucceeded += 1
            case .rejected: counts.runsRejected += 1
            case .dead: counts.runsDead += 1
            case .cancelled: counts.runsCancelled += 1
            }
        }
        return true
    }
}
