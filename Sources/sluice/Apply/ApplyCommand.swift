// `sluice apply`: from YAML files to the registry.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Pipeline
import Registry

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Writes organizations, stores, installations, connections and workflows from YAML.",
        discussion: """
            Every fault of all files is shown with file, line and column, and nothing is written while there is one. \
            Running roles follow at once. JSON: {changes: [{kind, id, effect, version, reason?}], created, changed, \
            unchanged, deleted, not_written, resealed, dry_run, warnings}.
            """)

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("A YAML file, or a folder of them. May be repeated.", valueName: "path"))
    var paths: [String] = []

    @Flag(help: "Show what would change, and write nothing.")
    var dryRun = false

    @Flag(help: "Delete workflows and connections of the registry that the files don't have.")
    var prune = false

    @Flag(
        help: "Seal secrets again that rest under an older key, those of connections that no file has, too.")
    var reseal = false

    @Flag(help: "Allow http endpoints beyond this machine.")
    var allowInsecureEndpoints = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if paths.isEmpty { throw ValidationError("nothing to apply; name a file or a folder with -f PATH") }
    }

    func run() async throws {
        for path in paths where !FileManager.default.fileExists(atPath: path) {
            throw CommandError.wrongUse(
                "there is no such file or folder", at: path, do: "correct the path after -f")
        }
        let settings = try await common.settings()
        let report: ApplyReport
        do {
            report = try await apply(settings)
        } catch let faults as Diagnostics {
            let count = faults.items.count
            throw CommandError.failed(
                "\(count) \(count == 1 ? "fault" : "faults"), and nothing was written",
                do: try settings.optionalSecretBox() == nil && faults.needKeys ? SecretKeys.remedy : nil,
                details: faults.items.map(\.description))
        }
        try report.print(output.printer)
        try report.throwIfAnyFailed()
    }

    private func apply(_ settings: Settings) async throws -> ApplyReport {
        let manifest = try Manifest.load(paths: paths, variables: settings.environment)
        let catalogue = try Catalogue.builtIn()
        let options = ManifestOptions(
            environment: settings.environment, secretBox: try settings.optionalSecretBox(), reseals: reseal,
            allowsInsecureEndpoints: allowInsecureEndpoints, prunes: prune)
        let reader = try RegistryReader(
            RegistryConfiguration(kafka: settings.kafka(), topics: settings.topics), keepsHistory: true,
            logger: settings.logger)
        return try await reader.whileRunning(readyWithin: RegistryAccess.bound) {
            let plan = try manifest.plan(against: reader.directory, catalogue: catalogue, options: options)
            if dryRun || plan.changes.isEmpty { return ApplyReport(plan: plan, isDryRun: dryRun) }
            return ApplyReport(plan: plan, applied: try await write(plan, reader, settings))
        }
    }

    private func write(
        _ plan: ApplyPlan, _ reader: RegistryReader, _ settings: Settings
    ) async throws -> [AppliedChange] {
        let writer = try RegistryWriter(reader, logger: settings.logger)
        do {
            let applied = try await writer.apply(plan.changes)
            await writer.close(within: .seconds(5))
            return applied
        } catch {
            await writer.close(within: .zero)
            throw error
        }
    }
}

extension Diagnostics {
    /// Whether one of them is that secrets can't be sealed.
    fileprivate var needKeys: Bool { items.contains { $0.message.contains("no sealing key") } }
}
