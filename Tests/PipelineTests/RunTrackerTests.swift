import Flow
import Liquid
import Pipeline
import Testing

/// Following events to the end of all their runs.
@Suite struct RunTrackerTests {
    private static func event(_ id: String) -> EventIdentity {
        EventIdentity(
            source: "okendo", store: "a.b", id: id,
            trigger: TriggerReference(connector: "okendo", handle: "review"))
    }

    private static func run(_ event: EventIdentity, _ workflow: String) -> WorkflowRun {
        WorkflowRun(
            id: .workflowRun(store: event.store, source: event.source, event: event.id, workflow: workflow),
            workflow: workflow, version: 1, store: event.store, event: event)
    }

    private static func report(_ event: EventIdentity, _ workflows: [String], refused: String? = nil)
        -> RunRecord
    {
        .event(
            .init(
                event: event, place: RecordPlace(topic: "t", partition: 0, offset: 0),
                started: workflows.map { .init(run: run(event, $0).id, workflow: $0, version: 1) },
                refused: refused))
    }

    private static func attempt(
        _ event: EventIdentity, _ workflow: String, _ outcome: String, number: Int = 1, end: RunEnd? = nil
    ) -> RunRecord {
        let action = ActionRun(
            id: .actionRun(
                store: event.store, source: event.source, event: event.id, workflow: workflow, stepPath: "0"),
            workflowRun: run(event, workflow), action: ActionReference(connector: "slack", handle: "send"),
            stepID: "s",
            stepPath: "0", properties: [:], slip: .end, orderingKey: nil)
        return .attempt(
            .init(
                run: action, attempt: number, outcome: outcome, reason: nil, duration: .zero,
                delay: end == nil ? .seconds(5) : nil, end: end))
    }

    private static func end(_ event: EventIdentity, _ workflow: String, _ end: RunEnd = .succeeded)
        -> RunRecord
    {
        .end(.init(run: run(event, workflow), end: end, reason: nil))
    }

    @Test func `where an event stands follows from its last attempt`() {
        let event = Self.event("1")
        var tracker = RunTracker()
        tracker.expect([event])
        var standings: [Set<RunStanding.Kind>] = [tracker.standings]
        for record in [
            Self.report(event, ["a"]), Self.attempt(event, "a", "retry"), Self.attempt(event, "a", "held"),
            Self.attempt(event, "a", "in-doubt"), Self.attempt(event, "a", "proceeded"),
        ] {
            _ = tracker.take(record)
            standings.append(tracker.standings)
        }
        #expect(
            standings == [[.notMatched], [.underWay], [.retrying], [.held], [.inDoubt], [.underWay]])
        _ = tracker.take(Self.end(event, "a"))
        #expect(tracker.standings.isEmpty)
    }

    @Test func `an event is over when all its runs have ended`() {
        let event = Self.event("1")
        var tracker = RunTracker()
        tracker.expect([event])
        #expect(tracker.outstanding == 1)
        let value101 = tracker.take(Self.report(event, ["a", "b"]))
        #expect(value101)
        let value102 = tracker.take(Self.attempt(event, "a", "retry"))
        #expect(value102)
        let value103 = tracker.take(Self.attempt(event, "a", "succeeded", number: 2, end: .succeeded))
        #expect(value103)
        let value104 = tracker.take(Self.end(event, "a"))
        #expect(value104)
        #expect(tracker.outstanding == 1)
        let value105 = tracker.take(Self.end(event, "b", .rejected))
        #expect(value105)
        #expect(tracker.outstanding == 0)
        let total = tracker.tally.total
        #expect((total.events, total.matched, total.runsStarted) == (1, 1, 2))
        #expect((total.runsSucceeded, total.runsRejected) == (1, 1))
        #expect((total.attempts, total.retries, total.delivered) == (2, 1, 1))
        #expect(tracker.tally.failures == 1)
        #expect(tracker.tally.connectors["okendo"]?.events == 1)
        #expect(tracker.tally.connectors["slack"]?.attempts == 2)
        #expect(tracker.tally.actionsDelivered == [ActionReference(connector: "slack", handle: "send")])
        #expect(tracker.tally.triggersMatched == [event.trigger])
    }

    @Test func `an event without runs is over at once`() {
        var tracker = RunTracker()
        tracker.expect([Self.event("1"), Self.event("2")])
        let value106 = tracker.take(Self.report(Self.event("1"), []))
        #expect(value106)
        let value107 = tracker.take(Self.report(Self.event("2"), [], refused: "duplicate"))
        #expect(value107)
        #expect(tracker.outstanding == 0)
        #expect(
            (tracker.tally.total.unmatched, tracker.tally.total.refused, tracker.tally.failures) == (1, 1, 1))
    }

    @Test func `a run may end before its event's report is read`() {
        let event = Self.event("1")
        var tracker = RunTracker()
        tracker.expect([event])
        let value108 = tracker.take(Self.end(event, "a"))
        #expect(value108)
        #expect(tracker.outstanding == 1)
        let value109 = tracker.take(Self.report(event, ["a"]))
        #expect(value109)
        #expect(tracker.outstanding == 0)
    }

    @Test func `repeats count once, and others' events not at all`() {
        let event = Self.event("1")
        var tracker = RunTracker()
        tracker.expect([event])
        tracker.expect([event])
        let value110 = !tracker.take(Self.report(Self.event("other"), ["a"]))
        #expect(value110)
        let value111 = tracker.take(Self.report(event, ["a", "b"]))
        #expect(value111)
        let value112 = !tracker.take(Self.report(event, ["a", "b"]))
        #expect(value112)
        let value113 = tracker.take(Self.attempt(event, "a", "succeeded", end: .succeeded))
        #expect(value113)
        let value114 = tracker.take(Self.attempt(event, "a", "succeeded", end: .succeeded))
        #expect(value114)
        let value115 = tracker.take(Self.end(event, "a"))
        #expect(value115)
        let value116 = !tracker.take(Self.end(event, "a"))
        #expect(value116)
        let value117 = tracker.take(Self.end(event, "b"))
        #expect(value117)
        let value118 = !tracker.take(Self.end(event, "b"))
        #expect(value118)
        let total = tracker.tally.total
        #expect((total.events, total.delivered, total.runsSucceeded) == (1, 1, 2))
    }

    @Test func `an event in the dead topic is over, and is a failure`() {
        let event = Self.event("1")
        var tracker = RunTracker()
        tracker.expect([event])
        var letter = DeadLetter(
            connector: "okendo", stage: .rejected, reason: "no", store: "a.b",
            place: RecordPlace(topic: "t", partition: 0, offset: 0), time: "", actionRun: nil,
            headers: [WireHeader(HeaderName.id, "1")], value: nil)
        let value119 = tracker.take(letter) == nil
        #expect(value119)
        letter.stage = .trigger
        let value120 = tracker.take(letter) == event
        #expect(value120)
        let value121 = tracker.take(letter) == nil
        #expect(value121)
        #expect((tracker.outstanding, tracker.tally.total.unusable, tracker.tally.failures) == (0, 1, 1))
    }
}
