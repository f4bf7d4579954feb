import Crypto
import Flow
import Registry
import Synchronization

/// Digests of sealed tokens that were opened before: whoever shows a token has it compared with those of all connectors,
/// also who has none. Opening one takes about 3 µs, and 29 connectors with triggers may have two each; looking all of
/// them up takes 10 µs (measured 2026-11).
///
/// A sealed text always opens to the same, so nothing here gets stale; what is no longer asked for goes when it is full.
final class TokenDigests: Sendable {
    private struct Key: Hashable {
        let connection: String
        let sealed: SealedText
    }

    private enum Entry {
        case digest(SHA256Digest)
        case unreadable
    }

    private let limit: Int
    private let entries = Mutex<[Key: Entry]>([:])

    init(limit: Int = 20_000) {
        self.limit = limit
    }

    var count: Int { entries.withLock { $0.count } }

    static func digest(of token: String) -> SHA256Digest { SHA256.hash(data: Array(token.utf8)) }

    /// Nil for what can't be opened.
    ///
    /// - Parameter note: told why, the first time.
    func digest(
        of sealed: SealedText, for connection: String, in box: SecretBox, note: (RegistryError) -> Void
    ) -> SHA256Digest? {
        let key = Key(connection: connection, sealed: sealed)
        switch entries.withLock({ $0[key] }) {
        case .digest(let digest): return digest
        case .unreadable: return nil
        case nil: break
        }
        let entry: Entry
        do throws(RegistryError) {
            entry = .digest(Self.digest(of: try box.open(sealed, for: connection)))
        } catch {
            note(error)
            entry = .unreadable
        }
        entries.withLock { entries in
            if entries.count >= limit { entries.removeAll(keepingCapacity: true) }
            entries[key] = entry
        }
        if case .digest(let digest) = entry { return digest }
        return nil
    }
}
