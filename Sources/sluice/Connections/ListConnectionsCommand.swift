// `sluice connections list`: what each connection speaks, and whether the vendor takes it.

import ArgumentParser
import Connectors
import Flow
import Liquid
import Registry

struct ListConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Connections, and those that need new credentials.",
        discussion: """
            JSON: a list of {id, protocol, credentials, state, reason}; credentials are names, never values: those of the \
            vendor's API, secret (signs requests), ingest_token and webhook_secret (prove what comes in). \
            State is ok, refreshing, or re-auth needed: then the store's runs wait for `sluice connections set`.
            """)

    @Flag(help: "Only those that need new credentials.")
    var refused = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = try await RegistryAccess.directory(common.settings())
        let rows = directory.connections.values.sorted { $0.id < $1.id }
            .map { ConnectionRow($0, directory, directory.catalogue) }
            .filter { !refused || $0.isRefused }
        try output.printer.print(
            json: .array(rows.map(\.json)),
            table: TextTable(
                ["ID", "PROTOCOL", "CREDENTIALS", "STATE", "REASON"], rows: rows.map(\.cells)),
            empty: refused
                ? "every connection is taken" : "no connections; write some with: sluice apply -f PATH")
    }
}

/// One connection as it is listed.
struct ConnectionRow: Sendable {
    let id: String
    let protocols: [String]
    let credentials: [String]
    let isRefused: Bool
    let state: String
    let reason: String?

    init(_ connection: Connection, _ directory: Directory, _ catalogue: Catalogue) {
        id = connection.id
        let actions = catalogue[connection.connector]?.actions ?? []
        protocols = Set(actions.map { connection.channel(of: $0).rawValue }).sorted()
        credentials =
            connection.api.credentials.keys.sorted() + (connection.secrets.isEmpty ? [] : ["secret"])
            + (connection.incoming.tokens.isEmpty ? [] : ["ingest_token"])
            + (connection.incoming.webhookSecrets.isEmpty ? [] : ["webhook_secret"])
        let refusal = directory.refusal(of: connection.id)
        isRefused = refusal != nil
        let isRefreshing = directory.authorizations[connection.id]?.state == .refreshing
        state = isRefused ? "re-auth needed" : isRefreshing ? "refreshing" : "ok"
        reason = refusal?.reason
    }

    var cells: [String] {
        [
            id, protocols.joined(separator: ", "), credentials.joined(separator: ", "), state, reason ?? "",
        ]
    }

    var json: JSON {
        .compact([
            "id": .string(id), "protocol": .array(protocols.map { .string($0) }),
            "credentials": .array(credentials.map { .string($0) }), "state": .string(state),
            "reason": reason.map { .string($0) },
        ])
    }
}
