import Crypto

/// The signature of a request to Klevu: base64 of HMAC-SHA384, keyed with the account's REST key, over these lines:
/// method, path, query, four headers, body.
///
/// Source: https://docs.klevu.com/indexing-apis/authentication and `klevu/php-sdk` (2094b93),
/// `src/Provider/RequestBearerTokenProvider.php` (read 2026-11).
struct KlevuSignature {
    /// In capitals.
    let method: String
    /// As it stands in the URL; a slash at its end isn't signed.
    let path: String
    /// As it stands in the URL, without `?`; empty = none.
    let query: String
    /// ISO 8601 in UTC, at most ten minutes old when it arrives.
    let timestamp: String
    /// The account's JavaScript key, `klevu-…`.
    let apiKey: String
    /// Byte for byte as it is sent.
    let body: [UInt8]

    /// What is signed and sent; the names count with their case.
    var headers: [(name: String, value: String)] {
        [
            ("X-KLEVU-TIMESTAMP", timestamp), ("X-KLEVU-APIKEY", apiKey),
            ("X-KLEVU-AUTH-ALGO", "HmacSHA384"), ("Content-Type", "application/json"),
        ]
    }

    func text(key: String) -> String {
        Base64.text(
            HMAC<SHA384>.authenticationCode(for: signed, using: SymmetricKey(data: Array(key.utf8))))
    }

    private var signed: [UInt8] {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        let lines =
            [method, trimmed, query.isEmpty ? "" : "?\(query)"] + headers.map { "\($0.name)=\($0.value)" }
        return Array(lines.map { "\($0)\n" }.joined().utf8) + body
    }
}
