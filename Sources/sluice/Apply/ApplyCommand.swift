// `sluice apply`: from YAML files to the registry.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Kafka
import Pipeline
import Registry

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract:
            "Writes connectors of your own, organizations, stores, installations, connections and workflows from YAML.",
        discussion: """
            Every fault of all files is shown with file, line and column, and nothing is written while there is one. \
            Running roles follow at once. JSON: {changes: [{kind, id, effect, version, members, reason?}], created, changed, \
            unchanged, deleted, not_written, resealed, dry_run, warnings}.
            """)

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("A YAML file, or a folder of them. May be repeated.", valueName: "path"))
    var paths: [String] = []

    @Flag(help: "Show what would change, and write nothing.")
    var dryRun = false

    @Flag(
        help: "Delete workflows, connections and unused connectors of the registry that the files don't have."
    )
    var prune = false

    @Flag(
        help: "Seal secrets again that rest under an older key, those of connections that no file has, too.")
    var reseal = false

    @Flag(help: "Replace secrets that rest under a key which is not among those given here: it is lost.")
    var replaceUnopenable = false

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
                "\(count.counted("fault")), and nothing was written",
                do: try settings.optionalSecretBox() == nil && faults.needKeys ? SecretKeys.workers : nil,
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
            replacesUnopenable: replaceUnopenable, allowsInsecureEndpoints: allowInsecureEndpoints,
            prunes: prune,
            credentialFault: CredentialCheck.fault)
        let reader = try RegistryReader(
            RegistryAccess.configuration(settings), historyOf: .all, logger: settings.logger)
        return try await reader.whileRunning(readyWithin: RegistryAccess.bound) {
            let plan = try manifest.plan(against: reader.directory, catalogue: catalogue, options: options)
            var report = ApplyReport(plan: plan, isDryRun: dryRun)
            if !dryRun, !plan.changes.isEmpty {
                report = ApplyReport(plan: plan, applied: try await write(plan, reader, settings))
            }
            if let warning = await missingTopics(of: plan, settings) { report.warnings.append(warning) }
            return report
        }
    }

    /// How long topics of a connector that was just applied are looked for: `sluice dev` is making them then.
    private static let topicPatience = Duration.seconds(2)
    private static let topicPause = Duration.milliseconds(200)

    /// What the manifest's connectors lack before workers can serve them; nothing is asked where there are none.
    private func missingTopics(of plan: ApplyPlan, _ settings: Settings) async -> Diagnostic? {
        guard !plan.connectors.isEmpty else { return nil }
        let own = Catalogue(Array(plan.connectors.values))
        let names = TopicPlan(settings.topics, catalogue: own).topics.map(\.name)
        let isNew = !dryRun && plan.changes.contains { $0.kind == .connector }
        let deadline = ContinuousClock.now + (isNew ? Self.topicPatience : .zero)
        while true {
            do {
                try await TopicCheck.run(Set(names), settings.kafka(), settings.logger)
                return nil
            } catch let missing as MissingTopics {
                guard ContinuousClock.now < deadline else {
                    return Diagnostic(
                        mark: nil, message: "\(missing.description); workers serve the connector then")
                }
                // Cancelled = the command ends.
                guard (try? await Task.sleep(for: Self.topicPause)) != nil else { return nil }
            } catch {
                // What was applied is applied; workers say it, too.
                return nil
            }
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
