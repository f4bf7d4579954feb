// `sluice mock-vendor`: an app that receives actions, to play and to test with.

import ArgumentParser
import Flow
import Foundation
import Liquid
import Logging
import MockVendor
import ServiceLifecycle
import UnixSignals

struct MockVendorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-vendor", abstract: "Receives actions as apps do, with answers from a script.",
        discussion: """
            It runs until it is stopped (Ctrl-C). GET /log and /stats show what arrived, PUT /script changes the \
            answers. Whoever reaches the port may do both.
            """)

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 = any free one.")
    var port = 9090

    @Option(
        help: ArgumentHelp("Rules for the answers, in YAML; docs/Operating.md says how.", valueName: "file"))
    var script: String?

    @Option(
        help: ArgumentHelp(
            "A secret that may have signed requests. May be repeated. [SLUICE_EXAMPLE_SECRET]",
            valueName: "secret"))
    var secret: [String] = []

    @Option(help: ArgumentHelp("Append what arrives to this file, as JSON lines.", valueName: "file"))
    var log: String?

    @Option(help: "The least level of log messages. [SLUICE_LOG_LEVEL]")
    var logLevel: LogLevel?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(port, in: 0...65_535, option: "--port")
    }

    func run() async throws {
        let logger = CommandLog.logger(try LogLevel.chosen(logLevel), default: .error)
        let secrets = try signingSecrets(ProcessInfo.processInfo.environment)
        let file = try script.map { try ScriptFile($0) }
        try file?.warn(.builtIn)
        let vendor = try MockVendor(
            MockVendorConfiguration(
                host: host, port: port, secrets: secrets, script: file?.script ?? VendorScript(),
                logFile: log),
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [vendor], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { try await announce(vendor, isChecking: !secrets.isEmpty) }
            // The service's own error says more than that nothing was ever listening.
            var failure: (any Error)?
            while let result = await tasks.nextResult() {
                if case .failure(let error) = result,
                    failure as? MockVendorError ?? .neverListened == .neverListened
                {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    private func announce(_ vendor: MockVendor, isChecking: Bool) async throws {
        let endpoint = try await vendor.endpoint(of: "CONNECTOR")
        let port = try await vendor.port
        let note = isChecking ? "" : "\nno secret is given: signatures are not checked"
        try output.printer.print(
            json: [
                "host": .string(host), "port": .integer(Int64(port)), "endpoint": .string(endpoint),
                "checks_signatures": .bool(isChecking),
            ],
            text: "mock vendor listens at \(endpoint)\(note)")
    }

    private func signingSecrets(_ environment: [String: String]) throws(CommandError) -> [[UInt8]] {
        if secret.contains("") {
            throw .wrongUse("--secret is empty", do: "leave it out to accept unsigned requests")
        }
        if !secret.isEmpty { return secret.map { Array($0.utf8) } }
        guard let standard = environment["SLUICE_EXAMPLE_SECRET"], !standard.isEmpty else { return [] }
        return [Array(standard.utf8)]
    }
}
