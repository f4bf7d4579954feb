import Flow

/// What an attempt leads to, decided before anything is written: the queue's verdict and the records.
///
/// This is the one place where an outcome becomes a retry, an end, the next step or a dead letter.
package struct Settlement: Sendable {
    package let verdict: PartitionQueue.Verdict
    /// Runs records, the next step, a dead letter; in the order in which they are written.
    package let records: [WireRecord]
    /// For the log line: the run's end where it has one, and the delay where it is tried again.
    package let end: RunEnd?
    package let delay: Duration?

    /// - Parameters:
    ///   - queued: the run before this attempt.
    ///   - holdsKey: whether the runs behind it wait for what becomes of its dead letter.
    ///   - unit: a random number in 0…1 for the jitter.
    ///   - time: RFC 3339, for the dead letter.
    package init(
        of outcome: AttemptOutcome, run: ActionRun, queued: QueuedRun, place: RecordPlace, spent: Duration,
        policy: RetryPolicy, holdsKey: Bool = false, unit: Double, time: String, topics: Topics
    ) {
        let attempt = queued.attempts + 1
        var builder = Builder(
            run: run, queued: queued, place: place, attempt: attempt, spent: spent,
            holdsKey: holdsKey && queued.orderingKey != nil, time: time, topics: topics)
        switch outcome {
        case .succeeded(let returned):
            builder.succeed(returned)
        case .proceeded(let checkpoint, let done):
            builder.verdict = .proceeded(checkpoint: checkpoint.jsonBytes)
            builder.report("proceeded", done, delay: nil, end: nil)
        case .skipped(let reason):
            builder.report("skipped", reason, delay: nil, end: .succeeded)
            builder.next(returned: nil)
        case .rejected(let reason):
            builder.fail(.rejected, .rejected, "rejected", reason)
        case .cancelled(let reason):
            builder.report("cancelled", reason, delay: nil, end: .cancelled)
            builder.finish(.cancelled, reason)
        case .held(let reason, let hold):
            builder.verdict = .held(hold)
            builder.report(hold == .decision ? "in-doubt" : "held", reason, delay: nil, end: nil)
        case .retry(let asked, let reason, let cause):
            let age = Duration.milliseconds(queued.age) + spent
            switch policy.decide(attempt: attempt, age: age, asked: asked, reason: reason, unit: unit) {
            case .again(let delay):
                builder.verdict = .again(after: delay, mayHaveActed: cause.leavesDoubt)
                builder.delay = delay
                builder.report("retry", reason, delay: delay, end: nil)
            case .dead(let reason):
                builder.fail(.dead, .exhausted, "retry", reason)
            }
        }
        verdict = builder.verdict
        records = builder.records
        end = builder.end
        delay = builder.delay
    }

    private struct Builder {
        let run: ActionRun
        let queued: QueuedRun
        let place: RecordPlace
        let attempt: Int
        let spent: Duration
        let holdsKey: Bool
        let time: String
        let topics: Topics
        var verdict = PartitionQueue.Verdict.ended
        var records: [WireRecord] = []
        var end: RunEnd?
        var delay: Duration?

        mutating func report(_ outcome: String, _ reason: String?, delay: Duration?, end: RunEnd?) {
            self.end = end
            let report = RunRecord.AttemptReport(
                run: run, attempt: attempt, outcome: outcome, reason: reason, duration: spent, delay: delay,
                end: end)
            records.append(RunRecord.attempt(report).record(topics))
        }

        mutating func succeed(_ returned: JSON?) {
            report("succeeded", nil, delay: nil, end: .succeeded)
            next(returned: returned)
        }

        mutating func next(returned: JSON?) {
            guard !run.slip.rest.isEmpty else {
                finish(.succeeded, nil)
                return
            }
            switch run.slip.next(after: run.stepID, returned: returned) {
            case .action(let rendered, let delay):
                var step = ActionRun(
                    rendered, of: run.workflowRun, orderingKey: run.orderingKey, traceParent: run.traceParent)
                step.replay = run.replay
                step.eventTime = run.eventTime
                let record = step.record(topics, delay: delay)
                if let end = RunRecord.EndReport(tooLarge: record, of: step) {
                    records.append(RunRecord.end(end).record(topics))
                } else {
                    records.append(record)
                }
            case .end:
                finish(.succeeded, nil)
            case .failed(let step, let reason):
                finish(.rejected, "step \(step): \(reason)")
            }
        }

        mutating func fail(_ end: RunEnd, _ stage: DeadLetter.Stage, _ outcome: String, _ reason: String) {
            report(outcome, reason, delay: nil, end: end)
            let letter = DeadLetter(
                connector: run.action.connector, stage: stage, reason: reason, store: run.store, place: place,
                time: time, actionRun: run.id, headers: queued.record?.headers ?? [],
                value: queued.record?.value, holdsKey: holdsKey)
            if holdsKey { verdict = .held(.deadLetter) }
            records.append(letter.record(topics))
            finish(end, "step \(run.stepID): \(reason)")
        }

        mutating func finish(_ end: RunEnd, _ reason: String?) {
            records.append(
                RunRecord.end(.init(run: run.workflowRun, end: end, reason: reason)).record(topics))
        }
    }
}
