// Seals the secrets of connections, so that the registry's topic shows them to nobody without the keys.

import Crypto
import Flow
import Foundation

/// Seals with the first of its keys and opens with all: AES-256-GCM, with the connection's id as associated data, so
/// that a sealed text is worth nothing when it is copied to another connection.
///
/// To change keys, put the new one in front, apply with `reseals`, and remove the old one.
package struct SecretBox: Sendable, CustomStringConvertible {
    /// Bytes of a key.
    package static let keyLength = 32

    private struct Key: Sendable {
        let id: String
        let key: SymmetricKey
    }

    private let keys: [Key]
    private let sealingKey: Key

    /// - Parameter text: `id:base64key[,id2:base64key2]`, newest first; ids of letters, digits, `-` and `_`.
    package init(keys text: String) throws(RegistryError) {
        var keys: [Key] = []
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let key = try Self.key(part, number: index + 1)
            guard !keys.contains(where: { $0.id == key.id }) else {
                throw .invalidKeys(
                    "two keys have the id \(key.id), and a sealed secret names its key by the id alone; keep the one "
                        + "that sealed, and make the other anew under an id of its own")
            }
            keys.append(key)
        }
        guard let first = keys.first else { throw .invalidKeys("there is none") }
        self.keys = keys
        sealingKey = first
    }

    private static func key(_ text: Substring, number: Int) throws(RegistryError) -> Key {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        let parts = trimmed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .invalidKeys("key \(number) has no id") }
        let id = String(parts[0])
        guard (1...40).contains(id.utf8.count), id.utf8.allSatisfy(isIDByte) else {
            throw .invalidKeys("the id of key \(number) is not 1 to 40 letters, digits, - or _")
        }
        guard let bytes = Data(base64Encoded: String(parts[1])) else {
            throw .invalidKeys("the key \(id) is not base64")
        }
        guard bytes.count == keyLength else {
            throw .invalidKeys("the key \(id) has \(bytes.count) bytes, not \(keyLength)")
        }
        return Key(id: id, key: SymmetricKey(data: bytes))
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// An id that no other key has: `k3f9c20ab17d4`.
    package static func freshID() -> String {
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return "k" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// A fresh key as configuration text: `k3f9c20ab17d4:…`.
    package static func generateKey(id: String = freshID()) -> String {
        let key = SymmetricKey(size: .bits256)
        return "\(id):\(key.withUnsafeBytes { Data($0) }.base64EncodedString())"
    }

    /// The id of the key that seals.
    package var sealingKeyID: String { sealingKey.id }

    /// Names the keys, never shows them.
    package var description: String { "SecretBox(\(keys.map(\.id).joined(separator: ", ")))" }

    package func seal(_ secret: String, for connection: String) throws(RegistryError) -> SealedText {
        do {
            let box = try AES.GCM.seal(
                Data(secret.utf8), using: sealingKey.key, authenticating: Data(connection.utf8))
            guard let combined = box.combined else {
                throw RegistryError.cannotOpen(connection: connection, reason: "it could not be sealed")
            }
            return SealedText(keyID: sealingKey.id, sealed: combined.base64EncodedString())
        } catch {
            // The library's errors say nothing that helps, and must not be trusted to hide the secret.
            throw .cannotOpen(connection: connection, reason: "it could not be sealed")
        }
    }

    package func open(_ text: SealedText, for connection: String) throws(RegistryError) -> String {
        guard let key = keys.first(where: { $0.id == text.keyID }) else {
            throw .cannotOpen(
                connection: connection,
                reason: "it was sealed with the key \(text.keyID), which is not configured (there are: "
                    + "\(keys.map(\.id).joined(separator: ", ")))")
        }
        guard let combined = Data(base64Encoded: text.sealed),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let opened = try? AES.GCM.open(box, using: key.key, authenticating: Data(connection.utf8)),
            let secret = String(bytes: opened, encoding: .utf8)
        else {  // why it failed must not be told apart: whoever forged it would learn from it
            throw .cannotOpen(
                connection: connection,
                reason:
                    "it is damaged, was sealed for another connection, or with another key called \(text.keyID)"
            )
        }
        return secret
    }
}
