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
            is wrong with their settings is told, where the broker tells it; those that are as they should be are only \
            counted. New ones are made like those of their kind that exist, unless the options say otherwise. JSON: all \
            topics, {topics: [{name, partitions, replication?, settings, outcome, partitions_found?, settings_known?, \
            faults?, reason?}], created, existed, failed, as_existing?, settings_unknown?}.
            """)

    @Option(
        help: """
            Partitions of each topic: how far a connector's work can be spread (default: as many as existing topics of \
            its kind, or 12)
            """)
    var partitions: Int32?

    @Option(
        help: """
            Brokers that hold each partition: 3 to be safe, 1 for a single broker (default: as existing topics, or 3)
            """)
    var replication: Int16?

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
        if let partitions { try OptionRange.check(partitions, in: 1...10_000, option: "--partitions") }
        if let replication { try OptionRange.check(replication, in: 1...100, option: "--replication") }
    }

    func run() async throws {
        let settings = try await common.settings()
        let looks = !dryRun || settings.namesKafka
        let catalogue =
            try await looks ? KnownConnectors.directory(settings).catalogue : Catalogue.builtIn()
        let ids = try connectors.map { try catalogue.named(list: $0) }
        let plan = TopicPlan(
            settings.topics, catalogue: catalogue, connectors: ids, partitions: partitions ?? 12,
            replication: replication ?? 3)
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
            let fitted = try await plan.fitted(
                to: creator.existing(), settings.topics, choosesPartitions: partitions != nil,
                choosesReplication: replication != nil)
            var report = try await dryRun ? creator.preview(fitted) : creator.create(fitted)
            report.differs(from: plan)
            return report
        }
    }
}
