import Flow
import Liquid

/// Which workflows an event will start by the registry as this gateway knows it, or why none. The matcher decides: it may
/// read a newer registry, and drops what it has taken before.
struct EventOutlook {
    /// Of each kind; what there is beyond is counted.
    private static let listLimit = 50

    private let report: RunRecord.EventReport
    /// Whether all workflows are in it: conditions may cost too much to be worked out here.
    private let isWhole: Bool

    init(of event: TriggerEvent, in directory: Directory) {
        // Where it lies has no part in what it starts.
        let place = RecordPlace(topic: "", partition: 0, offset: 0)
        (report, isWhole) = Matching.outlook(of: event, at: place, in: directory)
    }

    /// `workflows: [{workflow, version, run}]`, `skipped: [{workflow, version, reason}]`, `more` of either, `partial: true`
    /// where some were not worked out, or `none`: why there is nothing to do.
    var members: [String: JSON?] {
        let started = report.started.prefix(Self.listLimit).map { run -> JSON in
            [
                "workflow": .string(run.workflow), "version": .integer(Int64(run.version)),
                "run": .string("\(run.run)"),
            ]
        }
        let skipped = report.skipped.prefix(Self.listLimit).map { skip -> JSON in
            [
                "workflow": .string(skip.workflow), "version": .integer(Int64(skip.version)),
                "reason": .string("\(skip.reason)"),
            ]
        }
        let more = report.started.count + report.skipped.count - started.count - skipped.count
        return [
            "workflows": .array(started),
            "skipped": skipped.isEmpty ? JSON?.none : .array(skipped),
            "more": more == 0 ? JSON?.none : .integer(Int64(more)),
            "partial": isWhole ? JSON?.none : true,
            "none": nothing.map { .string($0) },
        ]
    }

    private var nothing: String? {
        if let refused = report.refused { return refused }
        guard report.started.isEmpty, isWhole else { return nil }
        return report.skipped.isEmpty
            ? "no workflow of the store or its organization has this trigger"
            : "each workflow with this trigger is skipped"
    }
}
