/// The signature of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com, read 2026-11): HMAC-SHA256 over
/// `id.timestamp.body`, one `v1,<base64>` for each key, so that a receiver may hold the old key or the new one.
///
/// A receiver's library wants the key as `whsec_` and the base64 of the same bytes.
package enum WebhookSignature {
    package static let idHeader = "webhook-id"
    package static let timestampHeader = "webhook-timestamp"
    package static let signatureHeader = "webhook-signature"

    /// The signature header's value.
    ///
    /// - Parameter timestamp: seconds since 1970, of this attempt.
    package static func make(id: String, timestamp: Int64, body: [UInt8], secrets: [[UInt8]]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return secrets.map { "v1,\(FlowSignature.base64HMAC(signed, $0))" }.joined(separator: " ")
    }
}
