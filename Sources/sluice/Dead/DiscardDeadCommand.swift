// `sluice dead discard`.

import ArgumentParser
import Pipeline

struct DiscardDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Notes that dead letters aren't needed.",
        discussion: """
            They stay in the topic until its retention removes them, and list and replay leave them out; replay --state \
            discarded still sends them. JSON: {command, matched, discarded, skipped: [{reason, count, places}], \
            cut_short, dry_run, letters? (of a dry run)}.

              sluice dead discard 3/4213 --yes
              sluice dead discard --stage trigger --until 7d --dry-run
            """)

    @OptionGroup var options: DeadPassOptions

    @Option(help: "Letters per second, at most. (default: as fast as it goes)")
    var rate: Double?

    @Flag(help: "Do it: nobody is asked.")
    var yes = false

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let rate { try OptionRange.check(rate, in: 0.001...1_000_000, option: "--rate") }
    }

    func run() async throws {
        // The filter first: whoever forgot both hears of the more dangerous one.
        let settings = try await common.settings()
        _ = try options.filter(try await options.filters.catalogue(settings))
        guard yes || options.dryRun else {
            throw CommandError.wrongUse(
                "discard wants --yes", do: "look with --dry-run first, then give --yes instead")
        }
        try await DeadPass(kind: .discard, options: options, rate: rate, printer: output.printer)
            .run(settings)
    }
}
