import Connectors
import Crypto
import Flow
import Foundation

/// A connection with its credentials in the clear, for the time of an attempt.
struct OpenedConnection: Sendable {
    let id: String
    /// In the registry: what is said of its credentials is said of these.
    let version: Int
    let way: CredentialWay
    let credentials: [String: String]
    let tokenURL: String?

    /// Tells these credentials from others without showing them: it rests in the registry beside the tokens.
    ///
    /// Tokens and client secrets are random enough that nobody finds them by trying. What merchants make up, as a password,
    /// may not be: of a static way nothing rests there, and nothing needs it.
    var basis: String {
        if way.kind == .static { return "" }
        let text = credentials.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: "\n")
        let digest = SHA256.hash(data: Data("\(id)\n\(text)".utf8))
        return digest.prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
