// `sluice topics`: the topics of an installation.

import ArgumentParser

struct TopicsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Creates the topics that Sluice works on.",
        subcommands: [CreateTopicsCommand.self])
}
