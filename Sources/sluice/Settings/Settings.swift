// What a command works with, put together from its options, the environment and the configuration file.

import Configuration
import Flow
import Kafka
import Logging
import Registry

/// The settings of one process.
///
///     prefix                  SLUICE_PREFIX            letters, digits, `.`, `_`, `-`; default sluice
///     logLevel                SLUICE_LOG_LEVEL         trace … critical
///     kafka.bootstrapServers  KAFKA_BOOTSTRAP_SERVERS  host:port,…
///     kafka.properties.*      KAFKA_PROPERTIES_*       librdkafka's properties, `_` for `.` in the environment
///     registry.secretsKeys    SLUICE_SECRETS_KEYS      id:base64key[,…], newest first
struct Settings: Sendable {
    let config: ConfigReader
    let topics: Topics
    let logger: Logger
    let environment: [String: String]
    private let bootstrapServers: String?
    private let kafkaProperties: [String: String]

    init(_ options: CommonOptions, defaultLevel: LogLevel, environment: [String: String]) async throws {
        // An empty variable is how shells and compose files say that there is none.
        let environment = environment.filter { !$0.value.isEmpty }
        let file = try await ConfigurationFile(
            path: options.configurationFile ?? environment["SLUICE_CONFIG"])
        let config = ConfigReader(
            providers: [EnvironmentNames.provider(environment)] + (file.provider.map { [$0] } ?? []))
        self.config = config
        self.environment = environment
        topics = Topics(
            prefix: try Self.prefix(options.prefix ?? config.string(forKey: "prefix") ?? "sluice"))
        logger = CommandLog.logger(try options.logLevel ?? Self.level(config), default: defaultLevel)
        bootstrapServers = options.bootstrapServers ?? config.string(forKey: "kafka.bootstrapServers")
        kafkaProperties = try KafkaProperties.merged(
            file: file.kafkaProperties, environment: environment, options: options.kafkaProperties)
    }

    /// Whether somebody said where Kafka is.
    var namesKafka: Bool { bootstrapServers?.isEmpty == false }

    /// - Throws: wrong use, where nobody said where Kafka is.
    func kafka() throws(CommandError) -> KafkaConfiguration {
        guard let bootstrapServers, !bootstrapServers.isEmpty else {
            throw .wrongUse(
                "no Kafka is named",
                do: "give --bootstrap-servers HOST:PORT, or set KAFKA_BOOTSTRAP_SERVERS; "
                    + "or try `sluice dev`, which brings its own")
        }
        return KafkaConfiguration(bootstrapServers: bootstrapServers, properties: kafkaProperties)
    }

    /// The keys that seal the secrets of connections.
    ///
    /// - Returns: nil where none are configured.
    func optionalSecretBox() throws -> SecretBox? {
        guard let keys = config.string(forKey: "registry.secretsKeys", isSecret: true), !keys.isEmpty else {
            return nil
        }
        return try SecretBox(keys: keys)
    }

    private static func prefix(_ text: String) throws(CommandError) -> String {
        let isValid =
            (1...100).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "._-".unicodeScalars.contains($0))
            }
        guard isValid else {
            throw .wrongUse(
                "the prefix “\(text)” can't begin a topic's name",
                do: "use 1 to 100 letters, digits, dots, hyphens and underscores")
        }
        return text
    }

    private static func level(_ config: ConfigReader) throws(CommandError) -> LogLevel? {
        guard let text = config.string(forKey: "logLevel") else { return nil }
        return try LogLevel.named(text)
    }
}
