// What a watched event's news look like.

import Flow
import Pipeline

/// One line of text per piece of news.
enum WatchLine {
    static func text(_ news: RunNews) -> String {
        // Ids, stores and reasons are whatever somebody has sent.
        TextWidth.printable(line(news))
    }

    private static func line(_ news: RunNews) -> String {
        switch news {
        case .unusable(let event, let reason): "\(name(event)): could not be used: \(reason)"
        case .record(.event(let report)): text(report)
        case .record(.attempt(let report)): text(report)
        case .record(.end(let report)): text(report)
        }
    }

    private static func name(_ event: EventIdentity) -> String {
        "event \(event.id) \(event.trigger) in \(event.store)"
    }

    private static func text(_ report: RunRecord.EventReport) -> String {
        if let refused = report.refused { return "\(name(report.event)): refused: \(refused)" }
        if report.started.isEmpty, report.skipped.isEmpty {
            return "\(name(report.event)): no workflow has this trigger"
        }
        let started = report.started.map { "\($0.workflow) runs" }
        let skipped = report.skipped.map { "\($0.workflow) skipped: \($0.reason)" }
        return "\(name(report.event)): \((started + skipped).joined(separator: ", "))"
    }

    private static func text(_ report: RunRecord.AttemptReport) -> String {
        var text = "event \(report.event.id) \(report.workflow) \(report.action): attempt \(report.attempt) "
        switch (report.outcome, report.end) {
        case ("retry", nil): text += "failed"
        case ("retry", _): text += "failed for good"
        case (let outcome, _): text += outcome
        }
        text += " after \(report.durationMilliseconds) ms"
        if let delay = report.delayMilliseconds {
            text += ", again in \(ProgressText.duration(.milliseconds(delay)))"
        }
        if let reason = report.reason { text += ": \(reason)" }
        return text
    }

    private static func text(_ report: RunRecord.EndReport) -> String {
        let reason = report.reason.map { ": \($0)" } ?? ""
        return "event \(report.run.event.id) \(report.run.workflow) ended: \(report.end.rawValue)\(reason)"
    }
}
