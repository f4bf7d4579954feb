// `sluice dead list`.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Liquid

struct ListDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the newest dead letters.",
        discussion:
            "JSON: a list of {place, time, connector, store?, stage, reason, action_run_id?, event_id?, source}."
    )

    @Option(help: "Only of this connector.")
    var connector: String?

    @Option(help: ArgumentHelp("Only of this store.", valueName: "domain"))
    var store: String?

    @Option(help: "Only with this text in their reason.")
    var reason: String?

    @Option(
        help: "Only of this stage: trigger, action (unusable records), rejected, exhausted (failed runs).")
    var stage: DeadLetter.Stage?

    @Option(help: ArgumentHelp("Only since then: 15m, 2h, 3d ago, or a date.", valueName: "time"))
    var since: String?

    @Option(help: "How many to show.")
    var limit = 20

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(limit, in: 1...10_000, option: "--limit")
    }

    func run() async throws {
        var filter = DeadFilter(connector: connector, store: store, stage: stage, reason: reason)
        if let connector { _ = try Catalogue.builtIn().named(connector) }
        if let since {
            filter.since = try PointInTime.parse(since, now: Int64(Date().timeIntervalSince1970 * 1000))
        }
        let (limit, wanted) = (limit, filter)
        let entries = try await DeadReader.open(common.settings()) { try await $0.newest(limit, wanted) }
        try output.printer.print(
            json: .array(entries.map(\.json)), table: TextTable(DeadEntry.head, rows: entries.map(\.row)),
            empty: filter == DeadFilter() ? "no dead letters" : "no dead letters that fit")
        if entries.count == limit, !output.printer.isJSON {
            Terminal.complain(
                "the newest \(limit); there may be more: --limit, --since and the filters choose others")
        }
    }
}

extension DeadLetter.Stage: ExpressibleByArgument {}
