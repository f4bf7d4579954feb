import Liquid

/// One version of one entity, as a record of the registry topic.
///
/// Key: `kind/id/version/nonce`. Of several records with one id and version the first in the log wins, so that many
/// writers need no lock. Value: `{"format":1,"body":{…}}`, or `{"format":1,"deleted":true}`; a record without a
/// value (a tombstone) only removes a key that no reader needs any more.
package struct RegistryEntry: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case organization, store, connection, workflow, pause, cancellation, authorization, connector
    }

    /// Beyond it a key is no entry's: nobody writes so often, and a foreign record must not end the counting.
    package static let versionLimit = 1_000_000_000

    package let kind: Kind
    package let id: String
    package let version: Int
    /// Tells writers of the same version apart.
    package let nonce: String
    /// The entity's document; nil = it was deleted in this version.
    package let body: JSON?

    package init(kind: Kind, id: String, version: Int, nonce: String, body: JSON?) {
        self.kind = kind
        self.id = id
        self.version = version
        self.nonce = nonce
        self.body = body
    }

    /// The id may hold slashes; the other parts don't.
    package var key: String { "\(kind.rawValue)/\(id)/\(version)/\(nonce)" }

    package var value: JSON {
        .compact(["format": 1, "body": body, "deleted": body == nil ? .bool(true) : nil])
    }

    /// Nil for a record that is no entry of a known kind.
    package init?(key: String, value: JSON) {
        guard value["format"] == 1, let claim = RegistryEntry(claim: key) else { return nil }
        self.init(
            kind: claim.kind, id: claim.id, version: claim.version, nonce: claim.nonce, body: value["body"])
    }

    /// What a key alone says, without a body. Who wins a version depends on the keys alone, so that readers which
    /// can't read the same values still agree.
    package init?(claim key: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, let kind = Kind(rawValue: String(parts[0])),
            let version = Int(parts[parts.count - 2]),
            (1...Self.versionLimit).contains(version)
        else { return nil }
        self.init(
            kind: kind, id: parts[1..<(parts.count - 2)].joined(separator: "/"), version: version,
            nonce: String(parts[parts.count - 1]), body: nil)
    }
}

extension Set where Element == RegistryEntry.Kind {
    package static let all = Set(RegistryEntry.Kind.allCases)
}
