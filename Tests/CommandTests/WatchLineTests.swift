import Flow
import Liquid
import Pipeline
import Testing

@testable import sluice

/// The lines of `emit --watch`.
@Suite struct WatchLineTests {
    private static let event = EventIdentity(
        source: "okendo", store: "a.b", id: "e-1",
        trigger: TriggerReference(connector: "okendo", handle: "review"))
    private static let run = WorkflowRun(
        id: RunID(high: 1, low: 1), workflow: "thank", version: 2, store: "a.b", event: event)
    private static let place = RecordPlace(topic: "t", partition: 0, offset: 0)

    private static func attempt(
        _ outcome: String, reason: String? = nil, delay: Duration? = nil, end: RunEnd?
    ) -> RunNews {
        let action = ActionRun(
            id: RunID(high: 2, low: 2), workflowRun: run,
            action: ActionReference(connector: "slack", handle: "send"),
            stepID: "s", stepPath: "0", properties: [:], slip: .end, orderingKey: nil)
        return .record(
            .attempt(
                .init(
                    run: action, attempt: 2, outcome: outcome, reason: reason, duration: .milliseconds(12),
                    delay: delay,
                    end: end)))
    }

    static let lines: [(RunNews, String)] = [
        (.unusable(event, reason: "no"), "event e-1 okendo/review in a.b: could not be used: no"),
        (
            .record(.event(.init(event: event, place: place, refused: "duplicate"))),
            "event e-1 okendo/review in a.b: refused: duplicate"
        ),
        (
            .record(.event(.init(event: event, place: place))),
            "event e-1 okendo/review in a.b: no workflow has this trigger"
        ),
        (
            .record(
                .event(
                    .init(
                        event: event, place: place,
                        started: [.init(run: run.id, workflow: "thank", version: 2)],
                        skipped: [.init(workflow: "w", version: 1, reason: .conditionsNotMet)]))),
            "event e-1 okendo/review in a.b: thank runs, w skipped: conditions-not-met"
        ),
        (
            attempt("retry", reason: "HTTP 503", delay: .seconds(5), end: nil),
            "event e-1 thank slack/send: attempt 2 failed after 12 ms, again in 5.0 s: HTTP 503"
        ),
        (
            attempt("retry", reason: "gave up", end: .dead),
            "event e-1 thank slack/send: attempt 2 failed for good after 12 ms: gave up"
        ),
        (
            attempt("succeeded", end: .succeeded),
            "event e-1 thank slack/send: attempt 2 succeeded after 12 ms"
        ),
        (.record(.end(.init(run: run, end: .rejected, reason: "x"))), "event e-1 thank ended: rejected: x"),
    ]

    @Test(arguments: lines.indices)
    func `each piece of news is one line`(index: Int) {
        #expect(WatchLine.text(Self.lines[index].0) == Self.lines[index].1)
    }

    @Test func `what to do when the time is over follows from where events stand`() {
        #expect(RunStanding.remedy([.inDoubt]) == "decide about what is in doubt (sluice in-doubt list)")
        let both = RunStanding.remedy([.held, .notMatched])
        #expect(both.contains("sluice run matcher") && both.contains("sluice get pauses"))
        #expect(!both.contains("--timeout"))
        #expect(RunStanding(.held, reason: "paused").text == "held: paused")
    }

    @Test func `what to do about failures names what failed`() {
        var counts = RunTally.Counts()
        counts.runsCancelled = 1
        #expect(EmitWatch.remedy(counts) == "see what is cancelled with: sluice get cancellations")
        counts.runsDead = 1
        #expect(EmitWatch.remedy(counts).hasPrefix("look at what failed with: sluice dead list; "))
    }

    @Test func `the summary counts events and runs`() {
        let report = EmitReport(
            emitted: 10, elapsed: .seconds(2), seed: 7, tally: RunTally(), outstanding: 3)
        #expect(report.text.hasPrefix("10 events emitted in 2.0 s (5.0 per second), seed 7\n"))
        #expect(report.text.contains("0 dead, 0 cancelled; 0 actions delivered in 0 attempts"))
        #expect(report.json["rate_per_s"] == 5.0)
        #expect(report.json["watched"]?["outstanding"] == 3)
        #expect(
            EmitReport(emitted: 1, elapsed: .seconds(1), seed: 7, tally: nil, outstanding: 0).text
                == "1 event emitted in 1.0 s, seed 7")
    }
}
