import ArgumentParser
import Connectors
import Flow
import Gateway
import Kafka
import Logging
import Outgoing
import Pipeline
import ServiceLifecycle
import UnixSignals

/// `sluice run ROLE…`: a worker, until SIGTERM or SIGINT.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run roles in this process until it is told to stop.",
        discussion: """
            SIGTERM drains: nothing new is taken, requests on the wire end, what they came to is committed. Give each \
            process a stable --instance, so that a restart takes its partitions over at once. Connectors of your own that \
            are added later are taken up as soon as their topics are there, unless --connectors names others. A gateway listens \
            on gateway.host and gateway.port, and takes events of all connectors.
            """)

    @Argument(help: "gateway, matcher, sender; any set of them.")
    var roles: [Role]

    @Option(help: "Only these connectors, joined by commas.")
    var connectors: String?

    @Option(help: "A stable name of this process, unique in the cluster. [SLUICE_INSTANCE]")
    var instance: String?

    @Option(help: "exactly-once or at-least-once. [SLUICE_DELIVERY] (default: exactly-once)")
    var delivery: DeliveryMode?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try await common.settings(logging: .info)
        let kafka = try settings.kafka()
        let builtIn = try Catalogue.builtIn()
        let named = connectors?.split(separator: ",").map { $0.trimmingPrefix(" ").description }
        let catalogue = try await KnownConnectors.catalogue(naming: named ?? [], settings)
        let roleSettings = try RoleSettings(
            settings.config, catalogue: catalogue, connectors: named, instance: instance, delivery: delivery)
        try roleSettings.check(Set(roles), connectors: connectors)
        let logger = settings.logger
        let roles = Set(roles)
        try await StartCheck(kafka: kafka, topics: settings.topics, catalogue: catalogue, logger: logger)
            .run(roles, roleSettings)
        let parts = try RoleServices(
            roles, settings: roleSettings, kafka: kafka, topics: settings.topics, catalogue: builtIn,
            box: try settings.optionalSecretBox(), logger: logger)
        logger.info("starting", metadata: Self.effective(roles, roleSettings, kafka, settings.topics))
        // When one service fails, the others still finish what they began.
        let services = parts.services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = roleSettings.sender.drain * 2 + .seconds(30)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await parts.close()
            throw error
        }
        await parts.close()
        logger.info("stopped")
    }

    /// The effective settings, without anything secret.
    private static func effective(
        _ roles: Set<Role>, _ settings: RoleSettings, _ kafka: KafkaConfiguration, _ topics: Topics
    ) -> Logger.Metadata {
        [
            "roles": "\(roles.map(\.rawValue).sorted().joined(separator: ","))",
            "version": "\(Version.text)",
            "kafka.bootstrap_servers": "\(kafka.bootstrapServers)",
            "kafka.properties": "\(kafka.properties.keys.sorted().joined(separator: ","))",
            "prefix": "\(topics.prefix)",
            "instance": "\(settings.instance ?? "none")",
            "delivery": "\(settings.delivery.rawValue)",
            "connectors.count": "\(Set(settings.sender.connectors + settings.matcher.connectors).count)",
            "sender.concurrency": "\(settings.sender.concurrency)",
            "sender.open_limit": "\(settings.sender.openLimit)",
            "sender.settle_interval_ms": "\(settings.sender.settleInterval.milliseconds)",
            "sender.timeout_s": "\(settings.sender.timeout.components.seconds)",
            "sender.allowed_networks":
                "\(settings.addresses.allowed.map(\.description).joined(separator: ","))",
            "sender.retry.base_ms": "\(settings.sender.retry.base.milliseconds)",
            "sender.retry.max_attempts": "\(settings.sender.retry.maxAttempts)",
            "matcher.duplicate_ids": "\(settings.matcher.duplicateIDs)",
            "gateway.host": "\(settings.gateway.host)",
            "gateway.port": "\(settings.gateway.port)",
            "gateway.requests": "\(settings.gateway.requestLimit)",
        ]
    }
}

extension DeliveryMode: ExpressibleByArgument {}
