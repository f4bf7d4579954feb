// The registry's topic as a value: what is left of it after so many records.

import Flow
import Kafka
import Liquid

/// Takes the topic's records one after the other. Nothing that stands in a record stops it.
struct RegistryState: Sendable {
    /// What a record was, where somebody should hear of it.
    struct Remark: Hashable, Sendable {
        let key: String
        let offset: Int64
        let reason: String
    }

    private(set) var directory: Directory
    private(set) var history: RegistryHistory?
    /// The offset of the next record.
    private(set) var position: Int64 = 0

    init(historyOf kinds: Set<RegistryEntry.Kind>, builtIn: Catalogue = Catalogue([])) {
        directory = Directory(builtIn: builtIn)
        if !kinds.isEmpty { history = RegistryHistory(of: kinds) }
    }

    /// Says that everything before an offset was read, or is not there any more.
    mutating func advance(to offset: Int64) {
        position = max(position, offset)
    }

    /// - Returns: why the record was skipped, if it should not have been there.
    mutating func take(_ record: ConsumedRecord) -> Remark? {
        advance(to: record.offset + 1)
        let key = String(decoding: record.key ?? [], as: UTF8.self)
        let reason = take(key, record.value)
        return reason.map { Remark(key: key, offset: record.offset, reason: $0) }
    }

    private mutating func take(_ key: String, _ value: [UInt8]?) -> String? {
        guard let claim = RegistryEntry(claim: key) else {
            return value == nil ? nil : "the key is not kind/id/version/nonce of a known kind"
        }
        guard let value else {
            history?.remove(claim)
            return nil
        }
        guard let json = try? JSONParser.parse(value), let entry = RegistryEntry(key: key, value: json) else {
            // Why it is no JSON doesn't matter to whoever has to find out who wrote it.
            return note(claim, directory.apply(unreadable: claim, reason: "the value is not of format 1"))
        }
        return note(entry, directory.apply(entry))
    }

    private mutating func note(_ entry: RegistryEntry, _ applied: Directory.Applied) -> String? {
        switch applied {
        case .won: history?.add(entry, hasWon: true)
        case .lost: history?.add(entry, hasWon: false)
        case .unreadable(let reason):
            history?.add(entry, hasWon: true)
            return reason
        }
        return nil
    }
}
