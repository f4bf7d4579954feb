// What an emit did.

import Flow
import Liquid
import Pipeline

/// The summary of an emit.
struct EmitReport: Hashable, Sendable {
    let emitted: Int
    let elapsed: Duration
    let seed: UInt64
    /// Nil where nobody watched.
    let tally: RunTally?
    let outstanding: Int

    var text: String {
        let rate = emitted > 1 ? " (\(ProgressText.rateText(emitted, elapsed)))" : ""
        var lines = [
            "\(emitted.counted("event")) emitted in \(ProgressText.duration(elapsed))\(rate), "
                + "seed \(seed)"
        ]
        if let total = tally?.total {
            lines.append(
                "\(total.matched) matched, \(total.unmatched) without a run, \(total.refused) refused, "
                    + "\(total.unusable) unusable, \(outstanding) not over")
            lines.append(
                "\(total.runsStarted.counted("run")): \(total.runsSucceeded) succeeded, \(total.runsRejected) rejected, "
                    + "\(total.runsDead) dead, \(total.runsCancelled) cancelled; "
                    + "\(total.delivered.counted("action")) delivered in \(total.attempts.counted("attempt"))"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// `{"emitted", "duration_ms", "rate_per_s", "seed", "watched"?: {"total": {…}, "connectors": {…}, "outstanding"}}`
    var json: JSON {
        let milliseconds = Int64((ProgressText.seconds(elapsed) * 1000).rounded())
        let rate = (ProgressText.rate(emitted, elapsed) * 10).rounded() / 10
        return .compact([
            "emitted": .integer(Int64(emitted)), "duration_ms": .integer(milliseconds),
            "rate_per_s": .decimal(rate),
            "seed": Int64(exactly: seed).map { .integer($0) } ?? .string("\(seed)"),
            "watched": tally.map { tally in
                [
                    "total": tally.total.json, "connectors": .object(tally.connectors.mapValues(\.json)),
                    "outstanding": .integer(Int64(outstanding)),
                ]
            },
        ])
    }
}

extension RunTally.Counts {
    var json: JSON {
        let members: [String: Int] = [
            "events": events, "matched": matched, "unmatched": unmatched, "refused": refused,
            "unusable": unusable,
            "runs_started": runsStarted, "runs_skipped": runsSkipped, "runs_succeeded": runsSucceeded,
            "runs_rejected": runsRejected, "runs_dead": runsDead, "runs_cancelled": runsCancelled,
            "attempts": attempts, "delivered": delivered, "retries": retries, "held": held,
            "rejected": rejected,
            "dead": dead,
        ]
        return .object(members.mapValues { .integer(Int64($0)) })
    }
}
