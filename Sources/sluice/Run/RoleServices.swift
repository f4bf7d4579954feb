import Connectors
import Flow
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
    private(set) var services: [any Service]

    /// - Parameter keepsHistory: whether the registry's reader serves a writer, too; it costs a multiple of memory.
    init(
        _ roles: Set<Role>, settings: RoleSettings, kafka: KafkaConfiguration, topics: Topics,
        catalogue: Catalogue,
        box: SecretBox?, keepsHistory: Bool = false, logger: Logger
    ) throws {
        reader = try RegistryReader(
            RegistryConfiguration(kafka: kafka, topics: topics, fetchWaitMax: settings.fetchWait),
            keepsHistory: keepsHistory, logger: logger)
        let role = RoleConfiguration(
            kafka: kafka, topics: topics, mode: settings.delivery, instance: settings.instance,
            sessionTimeout: settings.sessionTimeout, fetchWait: settings.fetchWait)
        // They stop backwards: the matcher first, the registry that both read last.
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
            let attempts = ActionAttempts(
                catalogue: catalogue, registry: reader, secrets: box, transport: transport,
                configuration: settings.sender, topics: topics, clock: clock, logger: logger)
            services.append(
                Sender(
                    role: role, configuration: settings.sender, attempts: attempts, registry: reader,
                    clock: clock,
                    logger: logger))
        }
        if roles.contains(.matcher) {
            services.append(
                Matcher(
                    role: role, configuration: settings.matcher, catalogue: catalogue, registry: reader,
                    logger: logger))
        }
    }
}
