// One change of the registry by somebody who doesn't keep it in memory.

import Flow
import Logging

/// Reads the registry, makes a change from what it says, writes it and reads it back.
package enum RegistryEdit {
    /// - Parameters:
    ///   - bound: how long nothing may come of the registry while it is read.
    ///   - make: gets the registry as it is, and the versions that its topic still holds.
    /// - Returns: what became of the changes; empty where there was nothing to change.
    package static func apply(
        _ configuration: RegistryConfiguration, within bound: Duration = .seconds(30), logger: Logger,
        _ make: @Sendable (Directory, RegistryHistory) throws -> [RegistryChange]
    ) async throws -> [AppliedChange] {
        let reader = try RegistryReader(configuration, historyOf: .all, logger: logger)
        return try await reader.whileRunning(readyWithin: bound) {
            let changes = try make(reader.directory, reader.history ?? RegistryHistory())
            guard !changes.isEmpty else { return [] }
            let writer = try RegistryWriter(reader, logger: logger)
            do {
                let applied = try await writer.apply(changes)
                await writer.close(within: .seconds(5))
                return applied
            } catch {
                await writer.close(within: .zero)
                throw error
            }
        }
    }
}
