// How commands read the registry.

import Flow
import Registry

/// The registry for the length of one command.
enum RegistryAccess {
    /// Without anything read; an unreachable broker is told of after it.
    static let bound = Duration.seconds(10)

    /// The registry as it is now.
    static func directory(_ settings: Settings) async throws -> Directory {
        let reader = try RegistryReader(
            RegistryConfiguration(kafka: settings.kafka(), topics: settings.topics), logger: settings.logger)
        return try await reader.whileRunning(readyWithin: bound) { reader.directory }
    }
}
