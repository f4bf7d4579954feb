// `sluice connectors show`.

import ArgumentParser
import Connectors
import Flow

struct ShowConnectorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a connector's triggers and actions with their fields.")

    @Argument(help: "The connector's id.")
    var id: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let connector = try Catalogue.builtIn().named(id)
        try output.printer.print(
            json: connector.json, text: ConnectorPage(connector, width: Terminal.width).text)
    }
}
