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
            Those of your own connectors, too, which are in the registry. Topics that exist are left as they are, and what \
            is wrong with their settings is told, where the broker tells it. JSON: {topics: [{name, partitions, replication?, settings, outcome, partitions_found?, \
            settings_known?, faults?, reason?}], created, existed, failed}.
            """)

    @Option(help: "Partitions of each topic: how far a connector's work can be spread.")
    var partitions: Int32 = 12

    @Option(help: "Brokers that hold each partition: 3 to be safe, 1 for a single broker.")
    var replication: Int16 = 3

    @Option(help: ArgumentHelp("Only for these connectors.", valueName: "a,b"))
    var connectors: String?

    @Flag(
        help:
            "Print what would be created, and create nothing; where no Kafka is named, the whole plan of what ships."
    )
    var dryRun = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try OptionRange.check(partitions, in: 1...10_000, option: "--partitions")
        try OptionRange.check(replication, in: 1...100, option: "--replication")
    }

    func run() async throws {
        let settings = try await common.settings()
        let looks = !dryRun || settings.namesKafka
        let catalogue =
            try await looks ? KnownConnectors.directory(settings).catalogue : Catalogue.builtIn()
        let ids = try connectors.map { try catalogue.named(list: $0) }
        let plan = TopicPlan(
            settings.topics, catalogue: catalogue, connectors: ids, partitions: partitions,
            replication: replication)
        guard looks else {
            try TopicReport(settings.topics, planned: plan).print(output.printer)
            return Terminal.complain(
                "note: no Kafka is named, so nothing was compared with what is there: "
                    + "--bootstrap-servers, or KAFKA_BOOTSTRAP_SERVERS")
        }
        let report = try await report(plan, settings)
        try report.print(output.printer)
        try report.throwIfAnyFailed()
    }

    private func report(_ plan: TopicPlan, _ settings: Settings) async throws -> TopicReport {
        let kafka = try settings.kafka()
        return try await TopicQuery.run(kafka, settings.logger) { admin in
            let creator = TopicCreator(
                admin: admin, names: settings.topics, servers: kafka.bootstrapServers, logger: settings.logger
            )
            return try await dryRun ? creator.preview(plan) : creator.create(plan)
        }
    }
}
