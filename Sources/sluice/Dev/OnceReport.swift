import Flow
import Liquid
import Pipeline

/// What came of one event of each trigger: a line per connector, the totals, and what is missing.
struct OnceReport {
    let catalogue: Catalogue
    let tally: RunTally
    let outstanding: Int
    let took: Duration

    private var triggerCount: Int { catalogue.connectors.reduce(0) { $0 + $1.triggers.count } }
    private var actionCount: Int { catalogue.connectors.reduce(0) { $0 + $1.actions.count } }

    /// Why this was no success, nil where it was one.
    var shortfall: String? {
        if outstanding > 0 { return "\(outstanding.counted("event was", "events were")) not settled in time" }
        let matched = tally.triggersMatched.count
        if matched < triggerCount {
            return "only \(matched) of \(triggerCount.counted("trigger")) were matched"
        }
        let delivered = tally.actionsDelivered.count
        if delivered < actionCount {
            return "only \(delivered) of \(actionCount.counted("action")) were delivered"
        }
        return tally.failures > 0
            ? "\(tally.failures.counted("run or event", "runs or events")) ended in another way than well"
            : nil
    }

    var text: String {
        var table = TextTable([
            "CONNECTOR", "TRIGGERS EMITTED", "WORKFLOWS MATCHED", "SKIPPED", "ACTIONS DELIVERED", "RETRIES",
            "DEAD",
        ])
        for connector in catalogue.connectors {
            table.rows.append([connector.id] + cells(tally.connectors[connector.id] ?? RunTally.Counts()))
        }
        table.rows.append(["total"] + cells(tally.total))
        return table.text() + "\n\n" + summary
    }

    private func cells(_ counts: RunTally.Counts) -> [String] {
        [
            counts.events, counts.runsStarted, counts.runsSkipped, counts.delivered, counts.retries,
            counts.dead + counts.rejected + counts.unusable,
        ].map(String.init)
    }

    private var summary: String {
        "\(tally.triggersMatched.count) of \(triggerCount.counted("trigger")) matched, "
            + "\(tally.actionsDelivered.count) of \(actionCount.counted("action")) delivered, "
            + "\(tally.actionsDelivered.intersection(tally.actionsRetried).count) of them after a failure, "
            + "\(tally.total.retries.counted("retry", "retries")), \(tally.total.runsSkipped.counted("visible skip")), "
            + "in \(took.milliseconds / 100 / 10).\(took.milliseconds / 100 % 10) s\n"
    }

    var json: JSON {
        func object(_ counts: RunTally.Counts) -> JSON {
            [
                "triggers_emitted": .integer(Int64(counts.events)),
                "workflows_matched": .integer(Int64(counts.runsStarted)),
                "workflows_skipped": .integer(Int64(counts.runsSkipped)),
                "actions_delivered": .integer(Int64(counts.delivered)),
                "retries": .integer(Int64(counts.retries)),
                "dead": .integer(Int64(counts.dead + counts.rejected + counts.unusable)),
            ]
        }
        let connectors = catalogue.connectors.map { connector -> JSON in
            .object(
                (object(tally.connectors[connector.id] ?? RunTally.Counts()).objectValue ?? [:])
                    .merging(["connector": .string(connector.id)]) { own, _ in own })
        }
        return [
            "connectors": .array(connectors), "total": object(tally.total),
            "triggers_matched": .integer(Int64(tally.triggersMatched.count)),
            "triggers": .integer(Int64(triggerCount)),
            "actions_delivered": .integer(Int64(tally.actionsDelivered.count)),
            "actions_delivered_after_failure": .integer(
                Int64(tally.actionsDelivered.intersection(tally.actionsRetried).count)),
            "actions": .integer(Int64(actionCount)),
            "outstanding": .integer(Int64(outstanding)), "duration_ms": .integer(took.milliseconds),
        ]
    }
}
