// `sluice connectors show`.

import ArgumentParser
import Connectors
import Flow

struct ShowConnectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a connector's triggers and actions with their fields.")

    @Argument(help: "The connector's id.")
    var id: String

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let connector = try await KnownConnectors.find(naming: [id], common.settings()) {
            catalogue throws(CommandError) in try catalogue.named(id)
        }
        try output.printer.print(
            json: connector.json, text: ConnectorPage(connector, width: Terminal.width).text)
    }
}
