// How a verification's report is shown.

import Flow
import Liquid
import Pipeline

extension VerificationReport {
    /// One line of figures, then one row for each check.
    func text(elapsed: Duration) -> String {
        let figures =
            "\(events.counted("event")) in \(ProgressText.duration(elapsed)): \(succeeded) succeeded, \(rejected) rejected, "
            + "\(dead) dead; \(delivered) delivered by \(requests.counted("request")), \(attempts.counted("attempt")) recorded"
        let examples = faults.flatMap { name, finding in
            finding.examples.map { "\(name): \($0)" } + (finding.count > finding.examples.count ? ["…"] : [])
        }
        return ([figures, "", table.text()] + (examples.isEmpty ? [] : [""]) + examples).joined(
            separator: "\n")
    }

    var table: TextTable {
        TextTable(
            ["CHECK", "FOUND", "UNEXPLAINED", "EXPLAINED BY"],
            rows: [
                ["lost", "\(lost.count)", "\(lost.count)"],
                ["ended undelivered", "\(undelivered.count)", "\(undelivered.count)"],
                ["without a dead letter", "\(unlettered.count)", "\(unlettered.count)"],
                ["of an unknown run", "\(unknown.count)", "\(unknown.count)"],
                ["repeated", "\(repeats)", "\(unexplainedRepeats.count)", causes],
                ["inverted in a key", "\(inverted.count)", "\(inverted.count)"],
                [
                    "overlapping in a key", "\(overlapping + unexplainedOverlaps.count)",
                    "\(unexplainedOverlaps.count)", overlapping > 0 ? "partitions that were lost" : "",
                ],
                ["early", "\(early.count)", "\(early.count)"],
                ["unfinished", "\(unfinished.count)", "\(unfinished.count)"],
                ["not verified", "\(excluded.count)", "\(excluded.count)"],
                [
                    "recorded twice", "\(recordedTwice)", "",
                    recordedTwice > 0 ? "at-least-once delivery" : "",
                ],
            ])
    }

    /// `kill 12 of at most 128`
    private var causes: String {
        var causes = Disturbance.Kind.allCases.compactMap { kind -> String? in
            guard let count = repeated[kind] else { return nil }
            return "\(kind.rawValue) \(count) of at most \(repeatBound[kind] ?? 0)"
        }
        if repeatedUnanswered > 0 { causes.append("lost answers \(repeatedUnanswered)") }
        return causes.joined(separator: ", ")
    }

    /// `{"sound", "events", …, "lost": {"count", "examples"}, "repeated": {"count", "unexplained", "explained"}, …}`
    ///
    /// - Parameter isComplete: whether all was emitted and followed; what wasn't is not sound.
    func json(elapsed: Duration, isComplete: Bool = true) -> JSON {
        let explained = repeated.map { kind, count in
            (
                kind.rawValue,
                ["count": .integer(Int64(count)), "bound": .integer(Int64(repeatBound[kind] ?? 0))] as JSON
            )
        }
        let milliseconds = Int64((ProgressText.seconds(elapsed) * 1000).rounded())
        return [
            "sound": .bool(isSound && isComplete), "duration_ms": .integer(milliseconds),
            "events": Self.number(events),
            "succeeded": Self.number(succeeded), "rejected": Self.number(rejected),
            "dead": Self.number(dead), "requests": Self.number(requests),
            "delivered": Self.number(delivered), "attempts": Self.number(attempts), "lost": lost.json,
            "repeated": [
                "count": Self.number(repeats), "unexplained": unexplainedRepeats.json,
                "explained": .object(Dictionary(uniqueKeysWithValues: explained)),
                "lost_answers": Self.number(repeatedUnanswered),
            ],
            "undelivered": undelivered.json, "without_letter": unlettered.json, "unknown_run": unknown.json,
            "inverted": inverted.json,
            "overlapping": [
                "explained": Self.number(overlapping), "unexplained": unexplainedOverlaps.json,
            ],
            "early": early.json, "unfinished": unfinished.json, "not_verified": excluded.json,
            "recorded_twice": Self.number(recordedTwice),
            "disturbances": .object(
                Dictionary(
                    uniqueKeysWithValues: disturbances.map { ($0.key.rawValue, Self.number($0.value)) })),
        ]
    }

    private static func number(_ count: Int) -> JSON { .integer(Int64(count)) }

    /// - Throws: what must not be.
    func throwIfUnsound() throws(CommandError) {
        guard !isSound else { return }
        let found = faults.map { "\($0.finding.count) \($0.name)" }.joined(separator: ", ")
        throw .failed(
            "the verification found faults: \(found)",
            do: faults.contains { $0.name == "unfinished" }
                ? "check that the workers run; what waits for a retry wants a longer --timeout"
                : "note what was done to the workers in --disturbances; report the rest, with the workers' logs"
        )
    }
}

extension VerificationReport.Finding {
    fileprivate var json: JSON {
        ["count": .integer(Int64(count)), "examples": .array(examples.map { .string($0) })]
    }
}
