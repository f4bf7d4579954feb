import Connectors
import Flow
import Gateway
import Kafka
import Logging
import Pipeline
import Registry
import ServiceLifecycle

/// Builds the services of a process from its settings: the composition root of `run` and `dev`.
struct RoleServices {
    let reader: RegistryReader
    /// Only senders have one. It must be closed before it is let go.
    private(set) var transport: HTTPTransport?
    private(set) var authorizations: RegistryAuthorizations?
    private(set) var gateway: Gateway?
    private(set) var services: [any Service]

    /// - Parameter kinds: of which entities the registry's reader keeps the history, to serve a writer, too; it costs a multiple of memory.
    init(
        _ roles: Set<Role>, settings: RoleSettings, kafka: KafkaConfiguration, topics: Topics,
        catalogue: Catalogue,
        box: SecretBox?, historyOf kinds: Set<RegistryEntry.Kind> = [], logger: Logger
    ) throws {
        reader = try RegistryReader(
            RegistryConfiguration(
                kafka: kafka, topics: topics, builtIn: catalogue, fetchWaitMax: settings.fetchWait),
            historyOf: roles.contains(.sender) ? kinds.union([.authorization]) : kinds, logger: logger)
        let role = RoleConfiguration(
            kafka: kafka, topics: topics, mode: settings.delivery, instance: settings.instance,
            sessionTimeout: settings.sessionTimeout, fetchWait: settings.fetchWait,
            topicPause: settings.topicPause)
        let gateway = try Self.gateway(roles, settings, kafka, topics, reader, box, logger)
        // They stop backwards: the gateway's door closes first, the registry that all read ends last.
        services = [reader]
        if roles.contains(.sender) {
            guard let box else {
                throw CommandError.wrongUse(
                    "the sender needs the key of the connections' secrets", do: SecretKeys.remedy)
            }
            // Nothing below this throws, so that an open client is never dropped.
            let transport = try HTTPTransport(
                concurrency: settings.sender.concurrency, policy: settings.addresses)
            self.transport = transport
            let clock = SenderClock()
            let authorizations = RegistryAuthorizations(reader, logger: logger)
            self.authorizations = authorizations
            let authorizer = Authorizer(
                store: authorizations, box: box, transport: transport, clock: clock,
                timeout: settings.sender.timeout, instance: settings.instance ?? "sender", logger: logger)
            let attempts = ActionAttempts(
                registry: reader, secrets: box, transport: transport,
                authorizer: authorizer, configuration: settings.sender, topics: topics, clock: clock,
                logger: logger)
            services.append(
                Sender(
                    role: role, configuration: settings.sender, attempts: attempts, registry: reader,
                    clock: clock,
                    logger: logger))
        }
        if roles.contains(.matcher) {
            services.append(
                Matcher(
                    role: role, configuration: settings.matcher, registry: reader, logger: logger))
        }
        self.gateway = gateway
        if let gateway { services.append(gateway) }
    }

    private static func gateway(
        _ roles: Set<Role>, _ settings: RoleSettings, _ kafka: KafkaConfiguration, _ topics: Topics,
        _ reader: RegistryReader, _ box: SecretBox?, _ logger: Logger
    ) throws -> Gateway? {
        guard roles.contains(.gateway) else { return nil }
        guard let box else {
            throw CommandError.wrongUse(
                "the gateway needs the key of the connections' secrets", do: SecretKeys.remedy)
        }
        return Gateway(
            settings.gateway, topics: topics, registry: reader, secrets: box,
            intake: try EventIntake(kafka, topics: topics, logger: logger), logger: logger)
    }

    /// Call it once the services have ended.
    func close() async {
        await transport?.close()
        await authorizations?.close()
    }
}
