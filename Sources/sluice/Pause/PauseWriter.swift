// Writes pauses and cancellations into the registry, and takes pauses out.

import Connectors
import Flow
import Registry

struct PauseWriter {
    let settings: Settings

    /// - Returns: false where it was paused already.
    /// - Throws: wrong use, for something that does not exist: a pause of a mistyped name would stop nothing.
    func write(_ pause: Pause) async throws -> Bool {
        try await change { directory in
            try Self.check(pause.scope, pause.name, directory)
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

    /// Ends what was published before the cancellation's moment. The later moment of two counts.
    func write(_ cancellation: Cancellation) async throws {
        _ = try await change { directory in
            try Self.check(cancellation.scope, cancellation.name, directory)
            if let known = directory.cancellations[cancellation.id], known.before >= cancellation.before {
                return nil
            }
            return RegistryChange(
                kind: .cancellation, id: cancellation.id,
                expectedVersion: directory.newest(.cancellation, cancellation.id)?.version ?? 0,
                body: cancellation.body)
        }
    }

    private func change(_ make: @Sendable (Directory) throws -> RegistryChange?) async throws -> Bool {
        let applied = try await RegistryEdit.apply(
            RegistryConfiguration(kafka: settings.kafka(), topics: settings.topics),
            within: RegistryAccess.bound, logger: settings.logger
        ) { directory in try make(directory).map { [$0] } ?? [] }
        guard applied.allSatisfy(\.isDone) else {
            throw CommandError.failed(
                "\(applied.map(\.description).joined(separator: "; "))", do: "run the command again")
        }
        return !applied.isEmpty
    }

    private static func check(_ scope: Pause.Scope, _ name: String, _ directory: Directory) throws {
        let (isKnown, listing) =
            switch scope {
            case .connector: (try Catalogue.builtIn()[name] != nil, "sluice connectors list")
            case .store: (directory.stores[name] != nil, "sluice get stores")
            case .workflow: (directory.workflows[name] != nil, "sluice get workflows")
            case .endpoint:
                (
                    directory.connections.values.contains { Endpoint.origin(of: $0.endpoint) == name },
                    "sluice get connections"
                )
            }
        guard isKnown else {
            throw CommandError.failed(
                "there is no \(scope.rawValue) “\(name)”", do: "find its name with: \(listing)")
        }
    }
}
