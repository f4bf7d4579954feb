// `sluice connections set`: new credentials, and the store's runs go on.

import ArgumentParser
import Connectors
import Flow
import Liquid
import Registry

struct SetConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Gives a connection new credentials, secrets or settings; runs that wait for them go on.",
        discussion: """
            Secrets are read from a variable or a file, never from the command line, which others can see: \
            --credential token=env:SLACK_TOKEN, --credential service_account=file:key.json. \
            `sluice connectors show` names the credentials of an app. Given again as they were, they are tried again. \
            A new secret or token stands beside the one before it, which goes on being good, until --drop-previous: \
            so they are rotated. An endpoint is changed with `sluice apply`; a manifest that has the old secret brings it back when it is applied \
            again. JSON: {id, version}, or {id, dropped: false} where there was nothing to drop.

              sluice connections set slack@tea-house.myshopify.com --credential token=env:SLACK_TOKEN
              sluice connections set 'tea-club@*' --secret env:NEW_SECRET      # then tell the app, and:
              sluice connections set 'tea-club@*' --drop-previous
            """)

    @Argument(help: "The connection: connector@store, or connector@* for the default one.")
    var id: String

    @Option(
        name: .customLong("credential"),
        help: ArgumentHelp(
            "A credential of the vendor's API, from a variable or a file.",
            valueName: "name=env:VAR|file:PATH"))
    var credentials: [String] = []

    @Option(name: .customLong("setting"), help: ArgumentHelp("A setting.", valueName: "name=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("What signs requests to the app's endpoint.", valueName: "env:VAR|file:PATH"))
    var secret: String?

    @Option(
        help: ArgumentHelp(
            "What the app sends events to the gateway with.", valueName: "env:VAR|file:PATH"))
    var ingestToken: String?

    @Option(
        help: ArgumentHelp("What proves the vendor's own webhooks.", valueName: "env:VAR|file:PATH"))
    var webhookSecret: String?

    @Flag(
        help: """
            Keep only the newest of the secrets and tokens that are set beside it; alone, of all: secret, ingest token \
            and webhook secret.
            """)
    var dropPrevious = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard credentials.isEmpty, settings.isEmpty, !dropPrevious else { return }
        if secret == nil, ingestToken == nil, webhookSecret == nil {
            throw ValidationError(
                "name what is to be set: --credential, --setting, --secret, --ingest-token or --webhook-secret; or "
                    + "--drop-previous")
        }
    }

    func run() async throws {
        let edit = try edit()
        let settings = try await common.settings()
        guard let box = try settings.optionalSecretBox() else {
            throw CommandError.wrongUse("the key is missing that seals what is set", do: SecretKeys.workers)
        }
        let applied = try await RegistryEdit.apply(
            RegistryAccess.configuration(settings), within: RegistryAccess.bound, logger: settings.logger
        ) { directory, _ in
            if edit.hasNothingToDrop(in: directory) { return [] }
            do {
                return [
                    try edit.change(
                        in: directory, catalogue: directory.catalogue, box: box,
                        credentialFault: CredentialCheck.fault)
                ]
            } catch let fault as ConnectionEdit.Fault {
                throw Self.failure(fault)
            }
        }
        guard !applied.isEmpty else {
            return try output.printer.print(
                json: ["id": .string(id), "dropped": false],
                text: "\(id) has no previous secret or token to drop; it stays as it is")
        }
        guard let change = applied.first, change.isDone else {
            throw CommandError.failed(
                applied.map(\.description).joined(separator: "; "), do: "run the command again")
        }
        try output.printer.print(
            json: ["id": .string(id), "version": .integer(Int64(change.version))],
            text: "\(id) is set (version \(change.version))"
                + (edit.frees ? "; runs that waited for it go on" : ""))
    }

    private func edit() throws(CommandError) -> ConnectionEdit {
        var edit = ConnectionEdit(
            id: id,
            credentials: try Dictionary(
                uniqueKeysWithValues: Self.pairs(credentials, "--credential").map {
                    pair throws(CommandError) in
                    (pair.key, try SecretOption.read(pair.value, "--credential \(pair.key)"))
                }),
            settings: try Self.pairs(settings, "--setting"))
        edit.secret = try secret.map { text throws(CommandError) in try SecretOption.read(text, "--secret") }
        edit.ingestToken = try ingestToken.map { text throws(CommandError) in
            try SecretOption.read(text, "--ingest-token")
        }
        edit.webhookSecret = try webhookSecret.map { text throws(CommandError) in
            try SecretOption.read(text, "--webhook-secret")
        }
        edit.dropsPrevious = dropPrevious
        return edit
    }

    private static func failure(_ fault: ConnectionEdit.Fault) -> CommandError {
        switch fault {
        case .unknown(let id, let known):
            let connector = id.prefix { $0 != "@" }
            let near = known.filter { $0.hasPrefix("\(connector)@") }
            return .failed(
                "\(fault)",
                do: known.isEmpty
                    ? "write one with: sluice apply -f PATH"
                    : near.isEmpty
                        ? NearNames.question(id, in: known) + "list all with: sluice connections list"
                        : "of \(connector) there is \(near.joined(separator: ", ")); for a store of its own: sluice apply"
            )
        case .invalid, .locked:
            return .failed(
                "\(fault)",
                do: "correct it, and run it again: nothing was changed (see: sluice connectors show)")
        }
    }

    private static func pairs(_ texts: [String], _ option: String) throws(CommandError) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            // What stands behind the sign may be a secret that was put there by mistake.
            guard parts.count == 2 else {
                throw .wrongUse(
                    "\(option): name=value should stand here", do: "see: sluice connections set --help")
            }
            guard pairs.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw .wrongUse("\(option) \(parts[0]) stands here twice")
            }
        }
        return pairs
    }
}
