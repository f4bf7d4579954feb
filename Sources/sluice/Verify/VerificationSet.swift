// The registry's part of a verification.

import Connectors
import Flow
import Liquid
import Registry

/// Writes a verification's stores, connections and workflow into the registry, and takes them out again.
struct VerificationSet: Sendable {
    private static let secretVariable = "VERIFICATION_SECRET"

    let settings: Settings

    /// - Parameter secret: signs the senders' requests.
    func apply(_ plan: VerificationPlan, endpoint: String, secret: String) async throws {
        guard let box = try settings.optionalSecretBox() else {
            throw CommandError.wrongUse(
                "the verification's connections need the key that the senders have", do: SecretKeys.workers)
        }
        let documents = plan.documents(endpoint: endpoint, secretVariable: Self.secretVariable)
        let manifest = try Manifest(
            yaml: documents.map(\.jsonText).joined(separator: "\n---\n"), file: plan.name, variables: [:])
        let options = ManifestOptions(
            environment: [Self.secretVariable: secret], secretBox: box, allowsInsecureEndpoints: true)
        let catalogue = try Catalogue.builtIn()
        try await change { directory in
            try manifest.plan(against: directory, catalogue: catalogue, options: options).changes
        }
    }

    /// Takes out what belongs to a verification, or to all that there were.
    ///
    /// - Parameters:
    ///   - name: a verification's; `VerificationPlan.nameStart` for all.
    ///   - keepsConnections: whether runs that are under way may go on.
    /// - Returns: how many entities it were.
    @discardableResult
    func remove(_ name: String, keepsConnections: Bool = false) async throws -> Int {
        try await change { directory in
            Self.removals(of: name, in: directory).filter { !keepsConnections || $0.kind != .connection }
        }
    }

    /// Workflows first, and stores before their organization.
    static func removals(of name: String, in directory: Directory) -> [RegistryChange] {
        let entities: [(RegistryEntry.Kind, [String])] = [
            (.workflow, directory.workflows.keys.filter { $0.hasPrefix(name) }),
            (
                .connection,
                directory.connections.values.filter { $0.store?.hasPrefix(name) == true }.map(\.id)
            ),
            (.store, directory.stores.keys.filter { $0.hasPrefix(name) }),
            (.organization, directory.organizations.keys.filter { $0.hasPrefix(name) }),
        ]
        return entities.flatMap { kind, ids in
            ids.sorted().map { id in
                RegistryChange(
                    kind: kind, id: id, expectedVersion: directory.newest(kind, id)?.version ?? 0, body: nil)
            }
        }
    }

    @discardableResult
    private func change(
        _ make: @Sendable (Directory) throws -> [RegistryChange]
    ) async throws -> Int {
        let applied = try await RegistryEdit.apply(
            RegistryConfiguration(kafka: settings.kafka(), topics: settings.topics),
            within: RegistryAccess.bound, logger: settings.logger
        ) { directory, _ in try make(directory) }
        if let failed = applied.first(where: { !$0.isDone }) {
            throw CommandError.failed("the registry was not written: \(failed)", do: "run it again")
        }
        return applied.count
    }
}
