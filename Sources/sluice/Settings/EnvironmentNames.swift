// Which variable stands for which setting.

import Configuration

/// Names of environment variables: `KAFKA_…` for Kafka's settings, as everywhere, and `SLUICE_…` for the rest. The
/// registry's are left without its name: `registry.secretsKeys` is `SLUICE_SECRETS_KEYS`.
enum EnvironmentNames {
    static func provider(_ environment: [String: String]) -> some ConfigProvider {
        EnvironmentVariablesProvider(environmentVariables: environment).mapKeys { key in
            var components = key.components
            if components.first == "kafka" { return key }
            if components.first == "registry" { components.removeFirst() }
            return AbsoluteConfigKey(["sluice"] + components)
        }
    }

    /// `sender.retry.baseMs` is `SLUICE_SENDER_RETRY_BASE_MS`.
    static func variable(of key: String) -> String {
        let words = key.hasPrefix("registry.") ? String(key.dropFirst("registry.".count)) : key
        let name = words.reduce(into: "") { name, letter in
            name += letter == "." ? "_" : letter.isUppercase ? "_\(letter)" : letter.uppercased()
        }
        return key.hasPrefix("kafka.") ? name : "SLUICE_\(name)"
    }
}
