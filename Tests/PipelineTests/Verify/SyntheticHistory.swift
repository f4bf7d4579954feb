import Flow
import Pipeline

/// A history that is written by hand, one thing after the other, and fed into a check as it comes about.
struct SyntheticHistory {
    static let workflow = "w"

    private(set) var check: HistoryCheck
    /// Milliseconds, by everybody's clock.
    var time: Int64 = 1_000_000
    private var sequence = 0
    private var emitted: [Int: String] = [:]
    private var attempts: [Int: Int] = [:]

    init(openLimit: Int = 8, memory: Int = 1_000) {
        var rules = CheckRules()
        rules.openLimit = openLimit
        check = HistoryCheck(workflow: Self.workflow, rules: rules, memory: memory)
    }

    var report: VerificationReport { check.report() }

    func event(_ number: Int) -> EventIdentity {
        EventIdentity(
            source: "okendo", store: "s.myshopify.com", id: "e\(number)",
            trigger: TriggerReference(connector: "okendo", handle: "review"))
    }

    mutating func emit(_ number: Int, key: String = "k") {
        check.expect(event(number), key: key, position: number)
    }

    mutating func match(_ number: Int, refused: String? = nil) {
        let place = RecordPlace(topic: "t", partition: 0, offset: Int64(number))
        let id = RunID.workflowRun(
            store: event(number).store, source: "okendo", event: "e\(number)", workflow: Self.workflow)
        let started = RunRecord.EventReport.Started(run: id, workflow: Self.workflow, version: 1)
        check.take(
            .event(
                .init(
                    event: event(number), place: place, started: refused == nil ? [started] : [],
                    refused: refused)))
    }

    /// A request comes, and stays on the wire.
    mutating func begin(_ number: Int, answer: String = "200") -> Int {
        sequence += 1
        check.take(
            .began(
                .init(sequence: sequence, time: time, run: check.runID(of: event(number)), answer: answer)))
        return sequence
    }

    mutating func end(_ sequence: Int, isSuccess: Bool = true) {
        check.take(.ended(sequence: sequence, time: time, isSuccess: isSuccess))
    }

    /// A request comes and is answered.
    mutating func request(_ number: Int, answer: String = "200") {
        let sequence = begin(number, answer: answer)
        end(sequence, isSuccess: answer == "200")
    }

    /// The sender's record of an attempt.
    mutating func record(
        _ number: Int, _ outcome: String, delay: Int64? = nil, reason: String? = nil, isAgain: Bool = false
    ) {
        if !isAgain { attempts[number, default: 0] += 1 }
        let run = ActionRun(
            id: check.runID(of: event(number)), workflowRun: workflowRun(number),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: [:], slip: RoutingSlip(rest: [], context: [:]), orderingKey: nil)
        check.take(
            .attempt(
                .init(
                    run: run, attempt: attempts[number, default: 1], outcome: outcome, reason: reason,
                    duration: .zero, delay: delay.map { .milliseconds($0) }, end: nil)))
    }

    /// - Parameter hasLetter: whether the dead letter comes that belongs to the end of a run that failed.
    mutating func end(_ number: Int, as end: RunEnd, hasLetter: Bool = true) {
        check.take(.end(.init(run: workflowRun(number), end: end, reason: nil)))
        if hasLetter, end == .rejected || end == .dead {
            letter(number, end == .dead ? .exhausted : .rejected)
        }
    }

    mutating func letter(_ number: Int, _ stage: DeadLetter.Stage) {
        check.take(
            DeadLetter(
                connector: "slack", stage: stage, reason: "r", store: event(number).store,
                place: RecordPlace(topic: "t", partition: 0, offset: Int64(number)),
                time: "2026-11-25T00:00:00Z", actionRun: check.runID(of: event(number)), headers: [],
                value: [])
        )
    }

    /// A request that names a run of nobody's, or none.
    mutating func strangeRequest(_ run: RunID?) {
        sequence += 1
        check.take(.began(.init(sequence: sequence, time: time, run: run, answer: "200")))
        end(sequence)
    }

    mutating func probe(_ number: Int) { check.expectProbe(event(number)) }

    /// All of what becomes of an event whose first attempt succeeds.
    mutating func deliver(_ number: Int) {
        match(number)
        request(number)
        settle(number)
    }

    mutating func settle(_ number: Int) {
        record(number, "succeeded")
        end(number, as: .succeeded)
    }

    mutating func disturb(_ kind: Disturbance.Kind, role: Disturbance.Role? = nil, open: Int? = nil) {
        check.take(Disturbance(kind, at: time, process: "sender-1", role: role, open: open))
    }

    mutating func take(_ disturbance: Disturbance) { check.take(disturbance) }

    mutating func finish() { check.finish() }

    mutating func lose(_ number: Int) { check.lose(check.runID(of: event(number)), "nowhere") }

    private func workflowRun(_ number: Int) -> WorkflowRun {
        WorkflowRun(
            id: .workflowRun(
                store: event(number).store, source: "okendo", event: "e\(number)", workflow: Self.workflow),
            workflow: Self.workflow, version: 1, store: event(number).store, event: event(number))
    }
}
