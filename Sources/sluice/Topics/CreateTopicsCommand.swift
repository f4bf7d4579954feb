// `sluice topics create`.

import ArgumentParser
import Connectors
import Flow
import Kafka
import Pipeline

struct CreateTopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Creates every topic that is not there yet.",
        discussion: """
            Those of your own connectors, too, which are in the registry. Topics that exist are left as they are, and what is wrong with their settings is told, where the broker \
            tells it. JSON: {topics: [{name, partitions, replication?, settings, outcome, partitions_found?, \
            settings_known?, faults?, reason?}], created, existed, failed}.
            """)

    @Option(help: "Partitions of each topic: how far a connector's work can be spread.")
    var partitions: Int32 = 12

    @Option(help: "Brokers that hold each partition: 3 to be safe, 1 for a single broker.")
    var replication: Int16 = 3

    @Option(help: ArgumentHelp("Only for these connectors.", valueName: "a,b"))
    var connectors: String?

    @Flag(help: "Print what would be created, without asking Kafka: of the connectors that ship.")
    var dryRun = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(partitions, in: 1...10_000, option: "--partitions")
        try OptionRange.check(replication, in: 1...100, option: "--replication")
    }

    func run() async throws {
        let settings = try await common.settings()
        let catalogue =
            try await dryRun ? Catalogue.builtIn() : KnownConnectors.directory(settings).catalogue
        let ids = try connectors.map { try catalogue.named(list: $0) }
        let plan = TopicPlan(
            settings.topics, catalogue: catalogue, connectors: ids, partitions: partitions,
            replication: replication)
        if dryRun {
            return try TopicReport(settings.topics, planned: plan).print(output.printer)
        }
        let report = try await create(plan, settings)
        try report.print(output.printer)
        try report.throwIfAnyFailed()
    }

    private func create(_ plan: TopicPlan, _ settings: Settings) async throws -> TopicReport {
        try await TopicQuery.run(settings.kafka(), settings.logger) { admin in
            try await TopicCreator(admin: admin, names: settings.topics).create(plan)
        }
    }
}
