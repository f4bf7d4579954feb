// How commands read the registry.

import Connectors
import Flow
import Registry

/// The registry for the length of one command.
enum RegistryAccess {
    /// Without anything read; an unreachable broker is told of after it.
    static let bound = Duration.seconds(10)

    /// Where it is, and the connectors that it is read with.
    static func configuration(_ settings: Settings) throws -> RegistryConfiguration {
        RegistryConfiguration(
            kafka: try settings.kafka(), topics: settings.topics, builtIn: try Catalogue.builtIn(),
            fetchWaitMax: .milliseconds(10))
    }

    /// The registry as it is now.
    static func directory(_ settings: Settings) async throws -> Directory {
        let reader = try RegistryReader(configuration(settings), logger: settings.logger)
        return try await reader.whileRunning(readyWithin: bound) { reader.directory }
    }
}
