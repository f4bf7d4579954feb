import Crypto
import Foundation

/// Checks requests by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com, read 2026-11); making such signatures
/// is `WebhookSignature`'s.
enum StandardWebhook {
    /// How far a request's time may be from ours, seconds; the specification's libraries use the same.
    static let tolerance: Int64 = 300
    /// Signatures in the header that are looked at: a sender rotates two or three keys.
    private static let signatureLimit = 10

    static func fault(in message: WebhookMessage, secrets: [String], now: Int64) -> WebhookFault? {
        guard let id = message.header(WebhookSignature.idHeader) else {
            return .missing("the header \(WebhookSignature.idHeader)")
        }
        guard let time = message.header(WebhookSignature.timestampHeader), let seconds = Int64(time) else {
            return .missing("the header \(WebhookSignature.timestampHeader), seconds since 1970,")
        }
        guard let header = message.header(WebhookSignature.signatureHeader) else {
            return .missing("the header \(WebhookSignature.signatureHeader)")
        }
        let keys = secrets.compactMap { key(of: $0) }
        guard !keys.isEmpty else {
            return .badSecret(
                "the connection's webhook_secret is no base64, with or without whsec_ before it")
        }
        guard verify(Array("\(id).\(time).".utf8) + message.body, header, keys) else {
            return .wrong("the header \(WebhookSignature.signatureHeader)")
        }
        let (age, isFar) = now.subtractingReportingOverflow(seconds)
        return isFar || abs(age) > tolerance ? .stale(seconds: isFar ? Int64.max : age) : nil
    }

    /// The key of `whsec_<base64>`.
    static func key(of secret: String) -> [UInt8]? {
        let text = secret.hasPrefix("whsec_") ? secret.dropFirst("whsec_".count) : secret[...]
        guard let key = Data(base64Encoded: String(text)), !key.isEmpty else { return nil }
        return Array(key)
    }

    private static func verify(_ signed: [UInt8], _ header: String, _ keys: [[UInt8]]) -> Bool {
        var isValid = false
        for signature in header.split(separator: " ").prefix(signatureLimit) where signature.hasPrefix("v1,")
        {
            guard let code = Data(base64Encoded: String(signature.dropFirst("v1,".count))) else { continue }
            for key in keys {
                let matches = HMAC<SHA256>.isValidAuthenticationCode(
                    code, authenticating: signed, using: SymmetricKey(data: key))
                isValid = matches || isValid
            }
        }
        return isValid
    }
}
