// `sluice connections set`: new credentials, and the store's runs go on.

import ArgumentParser
import Flow
import Foundation
import Liquid
import Registry

struct SetConnectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Gives a connection new credentials or settings; runs that wait for them go on.",
        discussion: """
            Secrets are read from a variable or a file, never from the command line, which others can see: \
            --credential token=env:SLACK_TOKEN, --credential service_account=file:key.json. \
            `sluice connectors show` names the credentials of an app. Given again as they were, they are tried again. \
            JSON: {id, version}.
            """)

    @Argument(help: "The connection: connector@store, or connector@* for the default one.")
    var id: String

    @Option(
        name: .customLong("credential"),
        help: ArgumentHelp("A credential, from a variable or a file.", valueName: "name=env:VAR|file:PATH"))
    var credentials: [String] = []

    @Option(name: .customLong("setting"), help: ArgumentHelp("A setting.", valueName: "name=value"))
    var settings: [String] = []

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if credentials.isEmpty, settings.isEmpty {
            throw ValidationError("name at least one --credential or --setting")
        }
    }

    func run() async throws {
        let edit = ConnectionEdit(
            id: id, credentials: try Self.pairs(credentials, "--credential").mapValues(Self.secret),
            settings: try Self.pairs(settings, "--setting"))
        let settings = try await common.settings()
        guard let box = try settings.optionalSecretBox() else {
            throw CommandError.wrongUse(
                "the key is missing that seals the credentials", do: SecretKeys.remedy)
        }
        let applied = try await RegistryEdit.apply(
            RegistryAccess.configuration(settings), within: RegistryAccess.bound, logger: settings.logger
        ) { directory, _ in
            do {
                return [try edit.change(in: directory, catalogue: directory.catalogue, box: box)]
            } catch let fault as ConnectionEdit.Fault {
                throw Self.failure(fault)
            }
        }
        guard let change = applied.first, change.isDone else {
            throw CommandError.failed(
                applied.map(\.description).joined(separator: "; "), do: "run the command again")
        }
        try output.printer.print(
            json: ["id": .string(id), "version": .integer(Int64(change.version))],
            text: "\(id) is set (version \(change.version)); runs that waited for it go on")
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
                        ? "list all with: sluice connections list"
                        : "of \(connector) there is \(near.joined(separator: ", ")); for a store of its own: sluice apply"
            )
        case .invalid, .locked:
            return .failed("\(fault)", do: "nothing was changed; see: sluice connectors show")
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

    private static func secret(_ source: String) throws(CommandError) -> String {
        let parts = source.split(separator: ":", maxSplits: 1).map(String.init)
        let text: String?
        switch parts.first {
        case "env"? where parts.count == 2: text = ProcessInfo.processInfo.environment[parts[1]]
        case "file"? where parts.count == 2:
            text = FileManager.default.contents(atPath: parts[1]).flatMap {
                String(validating: $0, as: UTF8.self)
            }
        default:
            throw .wrongUse(
                "--credential: name=env:VARIABLE or name=file:PATH should stand here, no secret itself",
                do: "put the secret into a variable or a file")
        }
        let line = text?.hasSuffix("\n") == true ? text.map { String($0.dropLast()) } : text
        guard let line, !line.isEmpty else {
            throw .failed(
                "the credential's \(parts[0] == "env" ? "variable" : "file") \(parts[1]) is empty or can't be read",
                do: "set it, and run the command again")
        }
        guard line.utf8.count <= 16_384 else {
            throw .failed("the credential in \(parts[1]) is larger than 16384 bytes")
        }
        return line
    }
}
