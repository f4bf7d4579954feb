// What came of the rounds.

import Pipeline

@testable import sluice

/// One round.
struct ChaosResult: Sendable {
    let kind: ChaosKind
    let took: Duration
    let events: Int
    let requests: Int
    let repeats: Int
    /// How many this round's disturbance may cause.
    let bound: Int
    let overlaps: Int
    let recordedTwice: Int
    /// Workers that ended by themselves and were started again.
    let revived: [RevivedWorker]
    /// Whether the machine stood still meanwhile, which is a disturbance of its own.
    let hasStandstill: Bool

    init(
        kind: ChaosKind, took: Duration, before: VerificationReport, after: VerificationReport,
        revived: [RevivedWorker]
    ) {
        self.kind = kind
        self.took = took
        self.revived = revived
        events = after.events - before.events
        requests = after.requests - before.requests
        repeats = after.repeats - before.repeats
        bound = after.bound - before.bound
        overlaps = after.overlapping - before.overlapping
        hasStandstill =
            kind.isOrderly && after.disturbances[.stop, default: 0] > before.disturbances[.stop, default: 0]
        recordedTwice = after.recordedTwice - before.recordedTwice
    }

    var line: String {
        let repeated = repeats > 0 || bound > 0 ? ", \(repeats) repeats of at most \(bound)" : ""
        let notes = revived.map { "; started again: \($0.text)" }.joined()
        return "\(kind.rawValue): \(events) events by \(requests) requests in "
            + "\(ProgressText.duration(took))\(repeated)\(notes)"
    }
}

extension VerificationReport {
    fileprivate var bound: Int { repeatBound.values.reduce(0, +) }
}

/// All rounds.
struct ChaosTally: Sendable {
    let seed: UInt64
    var results: [ChaosResult] = []

    /// One row for each kind, and one for all.
    var text: String {
        let kinds = ChaosKind.allCases.filter { kind in results.contains { $0.kind == kind } }
        let rows = kinds.map { kind in Self.row(kind.rawValue, results.filter { $0.kind == kind }) }
        let table = TextTable(
            [
                "ROUNDS", "KIND", "EVENTS", "REQUESTS", "REPEATS", "AT MOST", "OVERLAPS", "RECORDED TWICE",
                "STARTED AGAIN", "SECONDS",
            ],
            rows: rows + [Self.row("all", results)])
        return "\(table.text())\nseed \(seed)"
    }

    private static func row(_ name: String, _ results: [ChaosResult]) -> [String] {
        func sum(_ path: KeyPath<ChaosResult, Int>) -> String {
            "\(results.reduce(0) { $0 + $1[keyPath: path] })"
        }
        let seconds = results.reduce(0) { $0 + ProgressText.seconds($1.took) }
        return [
            "\(results.count)", name, sum(\.events), sum(\.requests), sum(\.repeats), sum(\.bound),
            sum(\.overlaps), sum(\.recordedTwice), "\(results.reduce(0) { $0 + $1.revived.count })",
            "\(Int(seconds.rounded()))",
        ]
    }
}
