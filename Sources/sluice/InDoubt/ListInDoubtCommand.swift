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
            JSON: a list of {action_run_id, replay, store, action?, workflow?, event_id?, attempt?, partition, offset}.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let runs = try await DoubtAccess(settings: common.settings()).runs()
        try output.printer.print(
            json: .array(runs.map(\.json)),
            table: TextTable(
                ["ACTION RUN", "ACTION", "STORE", "WORKFLOW", "ATTEMPT"], rows: runs.map(\.row)),
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
            "partition": .string(partition.description), "offset": .integer(note.position),
        ])
    }

    var row: [String] {
        [
            note.run.id.description, attempt?.action.description ?? "", note.store, attempt?.workflow ?? "",
            attempt.map { "\($0.attempt)" } ?? "",
        ]
    }
}
