// Writes pauses into the registry, and takes them out.

import Connectors
import Flow
import Registry

struct PauseWriter {
    let settings: Settings

    /// - Returns: false where it was paused already.
    /// - Throws: wrong use, for something that does not exist: a pause of a mistyped name would stop nothing.
    func write(_ pause: Pause) async throws -> Bool {
        try await change { directory in
            try Self.check(pause, directory)
            return directory.pauses[pause.id] == nil
                ? RegistryChange(
                    kind: .pause, id: pause.id,
                    expectedVersion: directory.newest(.pause, pause.id)?.version ?? 0, body: pause.body) : nil
        }
    }

    /// - Returns: false where it was not paused.
    func remove(_ scope: Pause.Scope, _ name: String) async throws -> Bool {
        let id = Pause.id(scope, name)
        return try await change { directory in
            guard let newest = directory.newest(.pause, id), newest.body != nil else { return nil }
            return RegistryChange(kind: .pause, id: id, expectedVersion: newest.version, body: nil)
        }
    }

    private func change(_ make: @Sendable (Directory) throws -> RegistryChange?) async throws -> Bool {
        let reader = try RegistryReader(
            RegistryConfiguration(kafka: settings.kafka(), topics: settings.topics), keepsHistory: true,
            logger: settings.logger)
        return try await reader.whileRunning(readyWithin: RegistryAccess.bound) {
            guard let change = try make(reader.directory) else { return false }
            let writer = try RegistryWriter(reader, logger: settings.logger)
            do {
                let applied = try await writer.apply([change])
                await writer.close(within: .seconds(5))
                guard applied.allSatisfy(\.isDone) else {
                    throw CommandError.failed(
                        "\(applied.map(\.description).joined(separator: "; "))", do: "run the command again")
                }
                return true
            } catch {
                await writer.close(within: .zero)
                throw error
            }
        }
    }

    private static func check(_ pause: Pause, _ directory: Directory) throws {
        let (isKnown, listing) =
            switch pause.scope {
            case .connector: (try Catalogue.builtIn()[pause.name] != nil, "sluice connectors list")
            case .store: (directory.stores[pause.name] != nil, "sluice get stores")
            case .workflow: (directory.workflows[pause.name] != nil, "sluice get workflows")
            case .endpoint:
                (
                    directory.connections.values.contains { Endpoint.origin(of: $0.endpoint) == pause.name },
                    "sluice get connections"
                )
            }
        guard isKnown else {
            throw CommandError.failed(
                "there is no \(pause.scope.rawValue) “\(pause.name)”", do: "find its name with: \(listing)")
        }
    }
}
