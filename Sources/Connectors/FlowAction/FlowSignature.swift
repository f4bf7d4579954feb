import Crypto
import Foundation

/// The signature of Flow's own requests, header `X-Shopify-Hmac-Sha256`: base64 of HMAC-SHA256 over the raw body,
/// keyed with the app's client secret.
///
/// Source: https://shopify.dev/docs/apps/build/flow/actions/endpoints (read 2026-11).
package enum FlowSignature {
    package static let header = "X-Shopify-Hmac-Sha256"

    package static func make(body: [UInt8], secret: [UInt8]) -> String {
        base64HMAC(body, secret)
    }

    /// Whether any of the secrets made this signature. Takes the same time for each wrong one.
    package static func verify(body: [UInt8], header: String, secrets: [[UInt8]]) -> Bool {
        guard let code = Data(base64Encoded: header) else { return false }
        var isValid = false
        for secret in secrets {
            let matches = HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: body, using: SymmetricKey(data: secret))
            isValid = matches || isValid
        }
        return isValid
    }

    static func base64HMAC(_ bytes: [UInt8], _ secret: [UInt8]) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: secret)))
            .base64EncodedString()
    }
}
