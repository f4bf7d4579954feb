// `sluice get`: what stands in the registry.

import ArgumentParser
import Flow
import Liquid

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Shows what is in the registry: \(EntityKind.list).",
        discussion: """
            The connectors are those of your own; authorizations are the tokens that senders refresh. With an id it shows the \
            whole entity. Secrets are never shown, only the names of the keys that seal them, \
            and of an endpoint only scheme, host and port (endpoint_host): its path may hold a token. \
            JSON: a list of the entities, each with its version; with an id, that entity.
            """)

    @Argument(help: "\(EntityKind.list); the singular will do.")
    var kind: EntityKind

    @Argument(help: "The id: a name, a store's domain, or connector@store.")
    var id: String?

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = try await RegistryAccess.directory(common.settings())
        let list = EntityList(kind.kind, in: directory, directory.catalogue)
        guard let id else {
            return try output.printer.print(
                json: list.json, table: list.table(),
                empty: kind.nothing)
        }
        guard let item = list[id] else {
            let known = list.ids.prefix(10).joined(separator: ", ")
            throw CommandError.failed(
                "there is no \(kind.kind.rawValue) “\(id)”",
                do: known.isEmpty
                    ? kind.nothing
                    : NearNames.question(id, in: list.ids)
                        + "list all with: sluice get \(kind.rawValue) (there "
                        + "\(list.ids.count == 1 ? "is" : "are") \(known)\(list.ids.count > 10 ? " …" : ""))"
            )
        }
        try output.printer.print(
            json: item, text: "\(list.table(only: id).text(width: Terminal.width))\n\n\(item.prettyText)")
    }
}
