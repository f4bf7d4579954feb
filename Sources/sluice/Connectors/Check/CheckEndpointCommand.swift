// `sluice connectors check URL`: whether an app's own endpoint takes Flow's requests as it should.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Liquid
import Outgoing
import Pipeline

struct CheckEndpointCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks that an app's own endpoint takes Flow's requests as it should.",
        discussion: """
            The endpoint is really called, with sample data and ids made for this check: unsigned, wrongly signed, right, \
            the same again, and without needed inputs. An app that checks signatures and ids acts once; one that doesn't acts \
            more often, so name a test instance. It succeeds unless a check failed; warnings are no failures.

              sluice connectors check https://app.example/flow --secret-env FLOW_SECRET --action add-points --properties p.json
              sluice connectors check http://localhost:3000/flow --secret-file secret.txt
              sluice connectors check URL --secret-env S --connector loyaltylion --action add-points --store s.myshopify.com

            JSON: {passed, url, action_run_id, requests, checks}, the last a list of {check, result, sent, came, do?}, with the \
            results pass, fail, warn and skip.
            """)

    @Argument(help: "The endpoint.")
    var url: String

    @Option(
        help: "A connector, for sample inputs of its --action; one of your own is read from the registry.")
    var connector: String?

    @Option(help: "The action's handle. (default: sluice-check)")
    var action: String?

    @Option(
        help: ArgumentHelp(
            "A JSON object of inputs, in place of the sample; - = standard input.", valueName: "file"))
    var properties: String?

    @Option(
        help: ArgumentHelp(
            "The environment variable that holds the app's secret; never the secret itself.",
            valueName: "name"))
    var secretEnv: String?

    @Option(help: ArgumentHelp("A file that holds the app's secret.", valueName: "file"))
    var secretFile: String?

    @Option(help: "The store that the requests name.")
    var store = "sluice-check.myshopify.com"

    @Option(
        name: .customLong("shop-id"),
        help: "Shopify's number of that store; left out of the requests where it isn't given.")
    var shopID: Int64?

    @Option(help: "Seconds to wait for an answer.")
    var timeout = 10

    @Option(help: "Seconds to go on asking what became of a request that was answered with 202.")
    var pollTimeout = 60

    @Option(
        name: .customLong("allow-network"),
        help: ArgumentHelp(
            "An address or a range to call besides public ones and this machine, such as 10.1.0.0/16, or private. May be "
                + "repeated.", valueName: "network"))
    var networks: [String] = []

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(timeout, in: 1...60, option: "--timeout")
        try OptionRange.check(pollTimeout, in: 1...86_400, option: "--poll-timeout")
        if connector != nil, action == nil { throw ValidationError("--connector needs an --action of it") }
        if (secretEnv == nil) == (secretFile == nil) {
            throw ValidationError("name the app's secret, with --secret-env NAME or --secret-file FILE")
        }
        let parts = URLComponents(string: url)
        guard ["http", "https"].contains(parts?.scheme?.lowercased()), parts?.host?.isEmpty == false else {
            throw ValidationError("“\(url)” is no URL; write it as https://HOST/PATH")
        }
        if store.isEmpty || store.contains(where: \.isWhitespace) {
            throw ValidationError("--store “\(store)” is no store's domain")
        }
    }

    func run() async throws {
        let secret = try CheckSecret.read(variable: secretEnv, file: secretFile)
        let policy = try addresses()
        let action = try await checkedAction()
        Terminal.complain(
            "calling \(EndpointReport.place(of: url)) with sample data: up to 5 requests, and more after a 202; test ids "
                + "\(action.run.id)\(action.incomplete.map { ", \($0.id)" } ?? "")")
        let run = EndpointCheckRun(
            secret: secret, shopID: shopID.map { .integer($0) }, timeout: .seconds(timeout), policy: policy)
        let check = EndpointCheck(action, endpoint: url, patience: .seconds(pollTimeout))
        let report = EndpointReport(try await run.play(check))
        try output.printer.print(json: report.json, text: report.text)
        try report.throwIfFailed()
    }

    private func addresses() throws(CommandError) -> AddressPolicy {
        var wrong = ""
        guard let policy = AddressPolicy(words: networks, fault: { wrong = $0 }) else {
            throw .wrongUse(
                "--allow-network “\(wrong)” is neither an address nor a range",
                do: "write private, an address, or a range like 10.1.0.0/16; bits beyond its prefix must be 0"
            )
        }
        // Whoever runs this command may call this machine anyway.
        return AddressPolicy(allowing: AddressPolicy.loopback.allowed + policy.allowed)
    }

    private func checkedAction() async throws -> CheckedAction {
        let own = try properties.map { try PayloadFile.read($0, for: .action).objectValue ?? [:] }
        let nonce = String(UInt64.random(in: .min ... .max), radix: 16)
        guard let connector else {
            let standard: [String: JSON] = ["note": "sent by sluice connectors check"]
            return CheckedAction(
                ActionReference(connector: "sluice-check", handle: action ?? "sluice-check"),
                properties: own ?? standard, store: store, nonce: nonce)
        }
        let named = try await KnownConnectors.find(naming: [connector], common.settings()) {
            catalogue throws(CommandError) in try catalogue.named(connector)
        }
        let definition = try named.namedAction(action ?? "")
        var generator = SeededGenerator(seed: 1)
        let sample = SamplePayload.make(for: definition, using: &generator, at: SampleTime.fixed)
        return CheckedAction(
            ActionReference(connector: named.id, handle: definition.handle), properties: own ?? sample,
            definition: definition, types: named.types, store: store, nonce: nonce)
    }
}
