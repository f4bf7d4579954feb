// `sluice dead list`.

import ArgumentParser
import Flow
import Liquid
import Pipeline

struct ListDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the newest dead letters that nobody has dealt with.",
        discussion: """
            --state any lists all. JSON: a list of {place, time, connector, store?, stage, state, replay, reason, \
            action_run_id?, event_id?, replay_of?, source}.
            """)

    @OptionGroup(title: "Filters") var filters: DeadFilterOptions

    @Option(help: "How many to show.")
    var limit = 20

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(limit, in: 1...10_000, option: "--limit")
    }

    func run() async throws {
        let settings = try await common.settings()
        let filter = try filters.filter(
            states: LetterState.unresolved, try await filters.catalogue(settings))
        let limit = limit
        let entries = try await DeadTopic.read(settings) { try await $0.newest(limit, filter) }
        let isWhole = filter.isEmpty && filters.state.isEmpty
        try output.printer.print(
            json: .array(entries.map(\.json)),
            table: TextTable(
                DeadEntry.head, rows: entries.map(\.row), spare: DeadEntry.spare, below: "REASON"),
            empty: isWhole ? "no dead letters" : "no dead letters that fit")
        if entries.isEmpty { await StoreCheck.note(filters.store, settings) }
        if entries.count == limit, !output.printer.isJSON {
            Terminal.complain(
                "the newest \(limit); there may be more: --limit, --since and the filters choose others")
        }
    }
}
