// What a request for an access token asks for, by RFC 6749 §6 and RFC 7523 §2.1.

import Flow
import Foundation
import Hummingbird
import Liquid

/// The form of a request to a token endpoint, or what is wrong with it.
struct TokenRequest: Sendable {
    enum Grant: Hashable, Sendable {
        case refreshToken(String)
        /// A signed statement of who asks. Its signature is not checked: nobody gives a mock vendor the key.
        case assertion
    }

    struct Refusal: Error, Hashable, Sendable {
        /// RFC 6749 §5.2
        let error: String
        let fault: String
    }

    /// What rules of a script and the log call it by.
    static let handle = "oauth:token"
    static let jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// Bytes of a token that is remembered.
    private static let textLimit = 4096
    /// Seconds from `iat` to `exp` (googleapis.dev, `GoogleAssertionTokenRequest`, seen 2026-11).
    private static let assertionLimit: Int64 = 3600

    let grant: Result<Grant, Refusal>

    /// - Parameter authorization: of the header, where a client may prove itself instead of in the form.
    init(contentType: String?, authorization: String?, body: [UInt8]) {
        grant = Result { () throws(Refusal) in
            guard contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true,
                // What is wrong with a form is one fault with all else that isn't one.
                let form = try? URLEncodedFormDecoder().decode(
                    [String: String].self, from: String(decoding: body, as: UTF8.self))
            else { throw Refusal(error: "invalid_request", fault: "the body is no form") }
            return try Self.grant(form, authorization)
        }
    }

    private static func grant(
        _ form: [String: String], _ authorization: String?
    ) throws(Refusal) -> Grant {
        func needed(_ name: String) throws(Refusal) -> String {
            guard let value = form[name], !value.isEmpty, value.utf8.count <= textLimit else {
                throw Refusal(
                    error: "invalid_request",
                    fault: "\(name) is missing, or is longer than \(textLimit) bytes")
            }
            return value
        }
        switch form["grant_type"] {
        case "refresh_token":
            let isInForm = ["client_id", "client_secret"].allSatisfy { form[$0]?.isEmpty == false }
            guard isInForm || authorization?.hasPrefix("Basic ") == true else {
                throw Refusal(
                    error: "invalid_client",
                    fault: "the client proves itself neither with HTTP Basic nor in the form")
            }
            return .refreshToken(try needed("refresh_token"))
        case jwtBearer:
            if let fault = fault(inAssertion: try needed("assertion")) {
                throw Refusal(error: "invalid_grant", fault: fault)
            }
            return .assertion
        default:
            throw Refusal(
                error: "unsupported_grant_type", fault: "grant_type is neither refresh_token nor \(jwtBearer)"
            )
        }
    }

    private static func fault(inAssertion text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = json(parts[0]), let claims = json(parts[1]),
            !parts[2].isEmpty, header["alg"]?.stringValue != nil
        else { return "the assertion is no signed JWT" }
        for name in ["iss", "aud"] where claims[name]?.stringValue?.isEmpty != false {
            return "the assertion has no \(name)"
        }
        guard let begin = claims["iat"]?.integerValue, let end = claims["exp"]?.integerValue,
            begin < end, end.subtractingReportingOverflow(begin).partialValue <= assertionLimit,
            !end.subtractingReportingOverflow(begin).overflow
        else { return "the assertion lasts from iat to exp, for \(assertionLimit) seconds at most" }
        return nil
    }

    /// A part of a JWT: an object in base64url without padding.
    private static func json(_ part: Substring) -> JSON? {
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text + padding),
            // Bytes that are no JSON are no part of a JWT either.
            let json = try? JSONParser.parse(Array(data)), json.objectValue != nil
        else { return nil }
        return json
    }

    /// What is logged of it: never a token.
    static func entry(of connector: String) -> ActionRequest {
        ActionRequest(
            connector: ActionRequest.cut(connector), handle: handle, store: "", runID: "",
            propertiesJSON: JSON.null.jsonBytes)
    }
}
