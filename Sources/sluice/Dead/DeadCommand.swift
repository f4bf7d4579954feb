// `sluice dead`: records that ended in the dead topic.

import ArgumentParser

struct DeadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Shows records that could not be used, and action runs that failed for good.",
        subcommands: [ListDeadCommand.self, ShowDeadCommand.self])
}
