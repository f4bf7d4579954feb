// `sluice connectors list`.

import ArgumentParser
import Connectors
import Flow
import Liquid

struct ListConnectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists all connectors.",
        discussion: "JSON: a list of {id, name, category, triggers, actions}, the last two lists of handles.")

    @OptionGroup var output: OutputOptions

    func run() throws {
        let connectors = try Catalogue.builtIn().connectors
        try output.printer.print(
            json: .array(connectors.map(Self.item)),
            table: TextTable(
                ["ID", "NAME", "CATEGORY", "TRIGGERS", "ACTIONS"],
                rows: connectors.map {
                    [$0.id, $0.name, $0.category, "\($0.triggers.count)", "\($0.actions.count)"]
                }),
            empty: "no connectors")
    }

    private static func item(_ connector: ConnectorDefinition) -> JSON {
        [
            "id": .string(connector.id), "name": .string(connector.name),
            "category": .string(connector.category),
            "triggers": .array(connector.triggers.map { .string($0.handle) }),
            "actions": .array(connector.actions.map { .string($0.handle) }),
        ]
    }
}
