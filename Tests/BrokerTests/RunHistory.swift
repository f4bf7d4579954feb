// What the runs topic tells, counted so that every loss and every repeat shows.

import Flow
import Foundation
import Liquid

/// Run records by what they are about. Repeated records are kept: whoever expects none counts them.
struct RunHistory: Sendable {
    struct Event: Hashable, Sendable {
        let store: String
        let id: String
    }

    struct EventReport: Sendable {
        let partition: Int
        let offset: Int
        let started: [String]
        let refused: String?
        let skipped: [String]
    }

    struct Attempt: Sendable {
        let number: Int
        let outcome: String
        let delay: Int?
        let reason: String
    }

    struct ActionRun: Sendable {
        let event: Event
        let workflow: String
        var attempts: [Attempt] = []
    }

    private(set) var events: [Event: [EventReport]] = [:]
    private(set) var started: [String: String] = [:]
    private(set) var ends: [String: [String]] = [:]
    private(set) var actionRuns: [String: ActionRun] = [:]
    private(set) var recordCount = 0
    /// Action runs that were named as in doubt.
    private(set) var inDoubt: Set<String> = []

    mutating func add(_ record: JSON) {
        recordCount += 1
        switch record["record"]?.stringValue {
        case "event": addEvent(record)
        case "attempt": addAttempt(record)
        case "end": ends[text(record, "workflow_run_id"), default: []].append(text(record, "end"))
        default: break
        }
    }

    /// Attempts that were held.
    var heldCount: Int {
        actionRuns.values.reduce(0) { $0 + $1.attempts.count { $0.outcome == "held" } }
    }

    private mutating func addEvent(_ record: JSON) {
        let runs = record["started"]?.arrayValue?.compactMap { $0["workflow_run_id"]?.stringValue } ?? []
        let report = EventReport(
            partition: number(record, "partition"), offset: number(record, "offset"), started: runs,
            refused: record["refused"]?.stringValue,
            skipped: record["skipped"]?.arrayValue?.compactMap { $0["reason"]?.stringValue } ?? [])
        let event = event(of: record)
        events[event, default: []].append(report)
        for run in runs { started[run] = event.id }
    }

    private mutating func addAttempt(_ record: JSON) {
        // It says that nobody knows of an attempt; what comes of the run is recorded as ever.
        guard record["outcome"] != "in-doubt" else {
            inDoubt.insert(text(record, "action_run_id"))
            return
        }
        let id = text(record, "action_run_id")
        let empty = ActionRun(event: event(of: record), workflow: text(record, "workflow"))
        actionRuns[id, default: empty].attempts.append(
            Attempt(
                number: number(record, "attempt"), outcome: text(record, "outcome"),
                delay: record["delay_ms"]?.integerValue.map { Int($0) }, reason: text(record, "reason")))
    }

    private func event(of record: JSON) -> Event {
        Event(store: text(record, "store"), id: text(record, "event_id"))
    }

    private func text(_ record: JSON, _ key: String) -> String { record[key]?.stringValue ?? "" }
    private func number(_ record: JSON, _ key: String) -> Int { Int(record[key]?.integerValue ?? -1) }

    // MARK: Questions

    /// Every one of so many events was matched, and every run that it started has ended.
    func isOver(events count: Int) -> Bool {
        events.count >= count && ends.count >= started.count && started.keys.allSatisfy { ends[$0] != nil }
    }

    /// Records that repeat another: an event, an end, or an attempt of one number.
    var repeatedRecords: Int {
        let eventRepeats = events.values.reduce(0) { $0 + $1.count { $0.refused == nil } - 1 }
        let endRepeats = ends.values.reduce(0) { $0 + $1.count - 1 }
        let attemptRepeats = actionRuns.values.reduce(0) {
            $0 + $1.attempts.count - Set($1.attempts.map(\.number)).count
        }
        return eventRepeats + endRepeats + attemptRepeats
    }

    /// Action runs whose attempts are not 1, 2, 3 … in the order of the records.
    var gappedRuns: [String] {
        actionRuns.filter { $0.value.attempts.map(\.number) != Array(1...$0.value.attempts.count) }.map(\.key)
    }

    var succeededActions: Set<String> {
        Set(actionRuns.filter { $0.value.attempts.contains { $0.outcome == "succeeded" } }.keys)
    }

    var attemptCount: Int { actionRuns.values.reduce(0) { $0 + $1.attempts.count } }

    func count(end: String) -> Int { ends.values.count { $0.first == end } }

    /// Ends of all kinds: of a run that was sent again there are several.
    var endCount: Int { ends.values.reduce(0) { $0 + $1.count } }

    func count(lastEnd end: String) -> Int { ends.values.count { $0.last == end } }

    var summary: String {
        "\(events.count) events, \(started.count) runs started, \(ends.count) ended, \(attemptCount) attempts, "
            + "\(recordCount) records"
    }
}
