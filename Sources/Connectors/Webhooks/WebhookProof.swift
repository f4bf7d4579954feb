import Crypto
import Foundation

/// How a vendor's request shows that it is the vendor's. All comparisons take the same time for each wrong value.
package enum WebhookProof: Hashable, Sendable {
    /// Base64 of HMAC-SHA256 over the raw body, in this header.
    case signedBody(header: String)
    /// The secret itself, in one of these headers: only TLS keeps it secret.
    case sharedSecret(headers: [String])
    /// Standard Webhooks: three headers; a signature over id, time and body; old requests are refused.
    case standardWebhooks
    /// Nothing of the vendor's: the URL that it is given ends with a secret.
    case pathToken

    /// Whether the whole body must be there before anything is proven.
    package var coversBody: Bool {
        switch self {
        case .signedBody, .standardWebhooks: true
        case .sharedSecret, .pathToken: false
        }
    }

    /// A secret of this kind that nobody has, to check with where there is none.
    package var placeholder: String { Self.unknown }

    private static let unknown = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        .base64EncodedString()

    /// That it fits no secret.
    package var mismatch: WebhookFault {
        switch self {
        case .signedBody(let name): .wrong("the header \(name)")
        case .sharedSecret(let names): .wrong("the header \(names.joined(separator: " or "))")
        case .standardWebhooks: .wrong("the header \(WebhookSignature.signatureHeader)")
        case .pathToken: .wrong("the token at the end of the URL")
        }
    }

    /// Nil for a request that one of the secrets proves.
    ///
    /// - Parameters:
    ///   - secrets: as the vendor gave them or was given them, newest first.
    ///   - now: seconds since 1970.
    package func fault(in message: WebhookMessage, secrets: [String], now: Int64) -> WebhookFault? {
        switch self {
        case .signedBody(let name):
            guard let signature = message.header(name) else { return .missing("the header \(name)") }
            let isValid = FlowSignature.verify(
                body: message.body, header: signature, secrets: secrets.map { Array($0.utf8) })
            return isValid ? nil : mismatch
        case .sharedSecret(let names):
            let given = names.compactMap { message.header($0) }
            if given.isEmpty { return .missing("the header \(names.joined(separator: " or "))") }
            return given.contains { Self.isEqual($0, toOneOf: secrets) } ? nil : mismatch
        case .standardWebhooks:
            return StandardWebhook.fault(in: message, secrets: secrets, now: now)
        case .pathToken:
            guard let token = message.pathToken else { return .missing("the token at the end of the URL") }
            return Self.isEqual(token, toOneOf: secrets) ? nil : mismatch
        }
    }

    /// Compares digests, so that neither content nor length shows in the time it takes.
    package static func isEqual(_ given: String, toOneOf secrets: [String]) -> Bool {
        let digest = SHA256.hash(data: Array(given.utf8))
        var isEqual = false
        for secret in secrets {
            let matches = SHA256.hash(data: Array(secret.utf8)) == digest
            isEqual = matches || isEqual
        }
        return isEqual
    }
}

/// Why a request is not taken for the vendor's. It never holds a secret or a signature.
package enum WebhookFault: Hashable, Sendable, CustomStringConvertible {
    case missing(String)
    /// It fits none of the secrets.
    case wrong(String)
    /// It was signed too long ago, or in the future, by this machine's clock.
    case stale(seconds: Int64)
    /// A secret of the connection is none that this vendor gives.
    case badSecret(String)

    package var description: String {
        switch self {
        case .missing(let what): "\(what) is missing"
        case .wrong(let what): "\(what) fits no webhook_secret of the connection"
        case .stale(let seconds):
            "it was signed \(seconds < 0 ? "\(-seconds) s in the future" : "\(seconds) s ago"); the limit is "
                + "\(StandardWebhook.tolerance) s"
        case .badSecret(let what): what
        }
    }
}
