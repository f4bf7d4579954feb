// `sluice connectors list`.

import ArgumentParser
import Connectors
import Flow
import Liquid

struct ListConnectorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists all connectors, your own too where a Kafka is named.",
        discussion: """
            JSON: a list of {id, name, category, own, triggers, actions}, the last two lists of handles; own = not \
            shipped, but applied.
            """)

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = try await directory()
        let connectors = directory.catalogue.connectors
        let own = Set(directory.connectors.keys)
        try output.printer.print(
            json: .array(connectors.map { Self.item($0, isOwn: own.contains($0.id)) }),
            table: TextTable(
                ["ID", "NAME", "CATEGORY", "TRIGGERS", "ACTIONS", "FROM"],
                rows: connectors.map {
                    [
                        $0.id, $0.name, $0.category, "\($0.triggers.count)", "\($0.actions.count)",
                        own.contains($0.id) ? "registry" : "Sluice",
                    ]
                }),
            empty: "no connectors")
    }

    /// Those that ship are listed whether the registry can be read or not.
    private func directory() async throws -> Directory {
        let settings = try await common.settings()
        let builtIn = Directory(builtIn: try Catalogue.builtIn())
        guard settings.namesKafka else { return builtIn }
        do {
            return try await KnownConnectors.directory(settings)
        } catch {
            Terminal.complain(
                "note: connectors of your own are not listed: \(TextWidth.printable("\(error)"))")
            return builtIn
        }
    }

    private static func item(_ connector: ConnectorDefinition, isOwn: Bool) -> JSON {
        [
            "id": .string(connector.id), "name": .string(connector.name),
            "category": .string(connector.category), "own": .bool(isOwn),
            "triggers": .array(connector.triggers.map { .string($0.handle) }),
            "actions": .array(connector.actions.map { .string($0.handle) }),
        ]
    }
}
