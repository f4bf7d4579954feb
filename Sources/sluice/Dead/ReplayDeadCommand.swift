// `sluice dead replay`.

import ArgumentParser
import Pipeline

struct ReplayDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Sends dead letters again.",
        discussion: """
            A failed run goes again under its action_run_id, at the end of its key's order; an event that could not be \
            used goes again under a new id (its old one and ~r1). Each letter goes once: the same command, run again, \
            goes on with what is still open, also after an interruption. What fails again is a letter of its own, in \
            the state failed-again. JSON: {command, matched, replayed, skipped: [{reason, count, places}], cut_short, \
            dry_run, letters? (of a dry run)}.

              sluice dead replay 3/4213
              sluice dead replay --connector slack --reason 'HTTP 401' --since 2h --dry-run
              sluice dead replay --state failed-again --connector slack --rate 5 --max 100
            """)

    @OptionGroup var options: DeadPassOptions

    @Option(help: "Letters per second, at most.")
    var rate = 100.0

    @Option(help: "A letter that was sent again so often before is left alone.")
    var maxReplays = 3

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(rate, in: 0.001...1_000_000, option: "--rate")
        try OptionRange.check(maxReplays, in: 1...1_000, option: "--max-replays")
    }

    func run() async throws {
        try await DeadPass(
            kind: .replay(limit: maxReplays), options: options, rate: rate, printer: output.printer
        ).run(common.settings())
    }
}
