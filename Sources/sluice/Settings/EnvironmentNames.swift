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
}
