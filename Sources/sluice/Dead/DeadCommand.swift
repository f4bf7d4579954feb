// `sluice dead`: records that ended in the dead topic.

import ArgumentParser

struct DeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Records that could not be used, and action runs that failed for good.",
        discussion: """
            What became of a letter is its state: open; replayed (sent again); failed-again (it came back after it was \
            sent again, and is a letter of its own); discarded.
            """,
        subcommands: [
            ListDeadCommand.self, ShowDeadCommand.self, HistogramDeadCommand.self, ReplayDeadCommand.self,
            DiscardDeadCommand.self,
        ])
}
