// `sluice in-doubt list`.

import ArgumentParser
import Flow
import Kafka
import Liquid
import Pipeline

struct ListInDoubtCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the runs that wait for a decision.",
        discussion: """
            Since when, and with which inputs: what to look for at the app. DECIDED says what somebody has decided \
            already: its sender takes it up within moments, and it leaves the list. JSON: a list of {action_run_id, \
            replay, store, since_ms?, decision?, action?, workflow?, event_id?, attempt?, inputs?, partition, offset}.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let runs = try await DoubtAccess(settings: common.settings()).runs(isDetailed: true)
        try output.printer.print(
            json: .array(runs.map(\.json)),
            table: TextTable(
                DoubtfulRun.head, rows: runs.map(\.row), spare: ["ATTEMPT", "WORKFLOW"], below: "INPUTS"),
            empty: "nothing is in doubt")
    }
}

extension DoubtfulRun {
    private var attempt: RunRecord.AttemptReport? {
        if case .attempt(let report)? = note.doubt { report } else { nil }
    }

    var json: JSON {
        .compact([
            "action_run_id": .string(note.run.id.description), "replay": .integer(Int64(note.run.replay)),
            "store": .string(note.store), "action": attempt.map { .string($0.action.description) },
            "workflow": attempt.map { .string($0.workflow) },
            "event_id": attempt.map { .string($0.event.id) },
            "attempt": attempt.map { .integer(Int64($0.attempt)) },
            "since_ms": since.map { .integer($0) },
            "decision": decision.map { .string($0.rawValue) }, "inputs": inputs.map { .object($0) },
            "partition": .string(partition.description), "offset": .integer(note.position),
        ])
    }

    static let head = ["ACTION RUN", "SINCE", "DECIDED", "ACTION", "STORE", "WORKFLOW", "ATTEMPT", "INPUTS"]

    var row: [String] {
        [
            note.run.id.description, since.map(PointInTime.text) ?? "", decision?.rawValue ?? "",
            attempt?.action.description ?? "",
            note.store, attempt?.workflow ?? "", attempt.map { "\($0.attempt)" } ?? "",
            inputs.map { JSON.object($0).jsonText } ?? "",
        ]
    }
}
