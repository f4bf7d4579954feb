// The options that most commands share.

import ArgumentParser
import Foundation

/// Where Kafka is, which installation is meant, and how much is said about it.
///
/// What an option leaves open comes from the environment, then from the configuration file, then from a default.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Where Kafka is. [KAFKA_BOOTSTRAP_SERVERS]", valueName: "host:port,…"))
    var bootstrapServers: String?

    @Option(help: "What all topics' and groups' names begin with. [SLUICE_PREFIX] (default: sluice)")
    var prefix: String?

    @Option(
        name: .customLong("kafka-property"),
        help: ArgumentHelp(
            "A property for the Kafka clients, such as security.protocol=SASL_SSL. May be repeated.",
            valueName: "key=value"))
    var kafkaProperties: [String] = []

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A JSON file with settings. The environment wins over it. [SLUICE_CONFIG]", valueName: "file"))
    var configurationFile: String?

    @Option(help: "The least level of log messages. [SLUICE_LOG_LEVEL]")
    var logLevel: LogLevel?

    /// - Parameter level: of the log, where nobody asked for another: `error` for a command that does one thing, and
    ///   says itself what failed; `info` for a role.
    func settings(
        logging level: LogLevel = .error, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Settings {
        for warning in MistypedVariables.warnings(environment) {
            Terminal.complain("warning: \(TextWidth.printable(warning))")
        }
        return try await Settings(self, defaultLevel: level, environment: environment)
    }
}
