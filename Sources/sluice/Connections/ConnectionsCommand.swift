import ArgumentParser

/// `sluice connections`: the credentials that stores' actions go out with.
struct ConnectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections",
        abstract: "Which connections work, and new credentials for one that doesn't.",
        subcommands: [ListConnectionsCommand.self, SetConnectionCommand.self])
}
