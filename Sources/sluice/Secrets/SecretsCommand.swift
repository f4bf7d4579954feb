// `sluice secrets`: keys for the secrets of connections.

import ArgumentParser

struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Makes the keys that seal the secrets of connections.",
        subcommands: [GenerateKeyCommand.self])
}
