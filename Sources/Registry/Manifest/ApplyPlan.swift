// What applying a manifest would do.

import Flow
import Liquid

/// The difference between a manifest and the registry.
package struct ApplyPlan: Sendable {
    package enum Effect: String, Sendable, CaseIterable {
        case created, changed, unchanged, deleted
    }

    package struct Item: Hashable, Sendable {
        package let kind: RegistryEntry.Kind
        package let id: String
        /// The registry's newest version; 0 where there never was one.
        package let version: Int
        /// The registry's document; nil where there is none (any more).
        package let before: JSON?
        /// The manifest's; nil = delete.
        package let after: JSON?
        /// Entities that it refers to, as `kind/id`.
        package var needs: Set<String> = []

        /// What differs, by the document's members: `+limits`, `-ingest_tokens`, `~endpoint`; empty for one that is made or
        /// deleted.
        package var members: [String] {
            guard let before = before?.objectValue, let after = after?.objectValue else { return [] }
            return Set(before.keys).union(after.keys).sorted().compactMap { name in
                switch (before[name], after[name]) {
                case (nil, _?): "+\(name)"
                case (_?, nil): "-\(name)"
                case (let old, let new): old == new ? nil : "~\(name)"
                }
            }
        }

        package var effect: Effect {
            if before == after { return .unchanged }
            return before == nil ? .created : after == nil ? .deleted : .changed
        }
    }

    /// Connectors, organizations, stores, connections, workflows, each by id. An installation shows as a change of its store.
    package let items: [Item]
    /// The manifest's connectors, by id.
    package var connectors: [String: ConnectorDefinition] = [:]
    /// What works, and should be looked at all the same.
    package let warnings: [Diagnostic]
    /// Connections that stay as they are, but for the key that seals their secrets.
    package var resealed: [String] = []

    package func items(_ effect: Effect) -> [Item] {
        items.filter { $0.effect == effect }
    }

    /// What to hand to the writer. Written in this order, so that a workflow follows the store that it needs.
    package var changes: [RegistryChange] {
        items.filter { $0.effect != .unchanged }.map {
            RegistryChange(
                kind: $0.kind, id: $0.id, expectedVersion: $0.version, body: $0.after, needs: $0.needs)
        }
    }
}
