internal import CryptoExtras
internal import Flow
import Foundation
internal import Liquid

/// A Google service account's key file: signs for access tokens, which no refresh token gives.
///
/// Source: https://developers.google.com/identity/protocols/oauth2/service-account (RFC 7523; read 2026-11).
package struct ServiceAccount: Sendable {
    /// How long an assertion is good for. An hour is the most that Google takes.
    private static let lifetime: Int64 = 3_600

    private let email: String
    private let key: _RSA.Signing.PrivateKey
    private let keyID: String?
    package let tokenURL: String

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter text: the key file, JSON.
    package init(_ text: String) throws(Fault) {
        // What is wrong with it is not quoted: it holds a private key.
        guard let file = try? JSONParser.parse(text) else {
            throw Fault(description: "the service account's key file is no JSON")
        }
        guard let email = file["client_email"]?.stringValue, let pem = file["private_key"]?.stringValue,
            let tokenURL = file["token_uri"]?.stringValue
        else {
            throw Fault(
                description: "the service account's key file has no client_email, private_key or token_uri")
        }
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: pem) else {
            throw Fault(description: "the service account's private_key is no RSA key in PEM form")
        }
        self.email = email
        self.key = key
        self.tokenURL = tokenURL
        keyID = file["private_key_id"]?.stringValue
    }

    /// A JWT that asks for a token, signed with RS256.
    ///
    /// - Parameter now: seconds since 1970.
    package func assertion(scopes: [String], now: Int64) throws(Fault) -> String {
        let header = JSON.compact(["alg": "RS256", "typ": "JWT", "kid": keyID.map { .string($0) }])
        let claims: JSON = [
            "iss": .string(email), "scope": .string(scopes.joined(separator: " ")), "aud": .string(tokenURL),
            "iat": .integer(now), "exp": .integer(now + Self.lifetime),
        ]
        let signed = "\(Base64.urlText(header.jsonBytes)).\(Base64.urlText(claims.jsonBytes))"
        guard let signature = try? key.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5) else {
            throw Fault(description: "the service account's key can't sign")
        }
        return "\(signed).\(Base64.urlText(signature.rawRepresentation))"
    }
}
