// `sluice connectors`: what the apps of the catalogue offer, and whether an app's own endpoint is right. Needs no broker.

import ArgumentParser

struct ConnectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connectors",
        abstract: "Shows the connectors, their triggers and actions; checks an app's endpoint.",
        subcommands: [
            ListConnectorsCommand.self, ShowConnectorCommand.self, SamplePayloadCommand.self,
            CheckEndpointCommand.self,
        ])
}
