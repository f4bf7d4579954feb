// What a scripted answer comes to at a token endpoint.

import Flow
import Liquid

extension Deed {
    /// Errors of RFC 6749 §5.2, which a script may name as the vendor's.
    private static let errors: Set = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope",
    ]
    /// The vendor's answer by which a refresh token is not used up, as of vendors that don't exchange it.
    private static let withoutRotation = "no-rotation"

    /// - Parameters:
    ///   - lifetime: seconds, told as `expires_in`.
    ///   - give: whether a refresh token is exchanged → tokens, or nil where it was used before.
    init(token answer: ScriptedAnswer, lifetime: Int, give: (_ rotates: Bool) -> TokenLedger.Given?) {
        switch answer.last {
        case .ok: self.init(give(true), lifetime: lifetime)
        case .vendor(Self.withoutRotation): self.init(give(false), lifetime: lifetime)
        case .vendor(let name) where Self.errors.contains(name): self.init(tokenError: name)
        case .lost:
            let given = give(true)
            self.init(asItStands: .lost)
            acts = given != nil
        case .vendor, .respond, .slow, .noAnswer, .close: self.init(asItStands: answer.last)
        }
        delay = answer.delay
    }

    init(_ refusal: TokenRequest.Refusal) {
        self.init(tokenError: refusal.error)
        fault = refusal.fault
    }

    private init(_ given: TokenLedger.Given?, lifetime: Int) {
        guard let given else {
            self.init(
                TokenRequest.Refusal(error: "invalid_grant", fault: "the refresh token was used before"))
            return
        }
        var members: [String: JSON] = [
            "access_token": .string(given.accessToken), "token_type": "Bearer",
            "expires_in": .integer(Int64(lifetime)),
        ]
        members["refresh_token"] = given.refreshToken.map { .string($0) }
        self.init(CannedResponse(status: 200, body: JSON.object(members).jsonText))
        acts = true
    }

    private init(tokenError error: String) {
        self.init(
            CannedResponse(
                status: error == "invalid_client" ? 401 : 400,
                body: JSON.object(["error": .string(error)]).jsonText))
    }
}
