// `sluice connectors`: what the apps of the catalogue offer. Needs no broker.

import ArgumentParser

struct ConnectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connectors", abstract: "Shows the connectors, their triggers and actions.",
        subcommands: [ListConnectorsCommand.self, ShowConnectorCommand.self, SamplePayloadCommand.self])
}
