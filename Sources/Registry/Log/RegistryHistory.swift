// What the registry's topic still holds of each entity.

import Flow

/// Every key of the topic by entity: what a writer may remove, and the versions that `revert` and `diff` go back to.
///
/// It costs a multiple of the directory's memory, so only processes that write keep it.
package struct RegistryHistory: Sendable {
    /// The versions of an entity that stay in the topic; older ones are removed by the next writer of the entity.
    package static let versionLimit = 10

    private struct Record: Sendable {
        let entry: RegistryEntry
        let hasWon: Bool
    }

    private struct Entity: Hashable, Sendable {
        let kind: RegistryEntry.Kind
        let id: String
    }

    /// In the log's order.
    private var records: [Entity: [Record]] = [:]

    private let kinds: Set<RegistryEntry.Kind>

    /// - Parameter kinds: of which entities it is kept.
    package init(of kinds: Set<RegistryEntry.Kind> = .all) {
        self.kinds = kinds
    }

    package mutating func add(_ entry: RegistryEntry, hasWon: Bool) {
        guard kinds.contains(entry.kind) else { return }
        records[Entity(kind: entry.kind, id: entry.id), default: []].append(
            Record(entry: entry, hasWon: hasWon))
    }

    /// Takes a tombstone.
    package mutating func remove(_ entry: RegistryEntry) {
        records[Entity(kind: entry.kind, id: entry.id)]?.removeAll { $0.entry.key == entry.key }
    }

    /// The versions that are still there, newest first; deleted ones have no body.
    package func versions(_ kind: RegistryEntry.Kind, _ id: String) -> [RegistryEntry] {
        (records[Entity(kind: kind, id: id)] ?? []).filter(\.hasWon).map(\.entry).reversed()
    }

    /// Every version of every entity of a kind that is still there.
    package func versions(_ kind: RegistryEntry.Kind) -> [RegistryEntry] {
        records.filter { $0.key.kind == kind }.flatMap(\.value).filter(\.hasWon).map(\.entry)
    }

    /// Keys that no reader needs any more: of records that lost, and of versions before the last ten.
    package func superfluousKeys(_ kind: RegistryEntry.Kind, _ id: String) -> [String] {
        let known = records[Entity(kind: kind, id: id)] ?? []
        let newest = known.lazy.filter(\.hasWon).map(\.entry.version).max() ?? 0
        return known.filter { !$0.hasWon || $0.entry.version <= newest - Self.versionLimit }.map(\.entry.key)
    }
}
