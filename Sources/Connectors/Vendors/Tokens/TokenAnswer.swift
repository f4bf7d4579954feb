internal import Flow
internal import Liquid

/// What a token endpoint's answer comes to.
package enum TokenAnswer: Sendable {
    /// - Parameter refreshToken: a new one, where the former is used up; nil = it stays.
    case token(String, refreshToken: String?, lifetime: Duration?)
    /// A person has to connect again.
    case refused(reason: String)
    /// It may work later.
    case failed(reason: String, after: Duration?)

    /// `invalid_grant` and its kin come with 400 or 401 (RFC 6749, section 5.2), Slack's with 200 and `ok: false`. What
    /// names no error is a proxy's: only a 401 is a refusal without one.
    ///
    /// - Parameter now: seconds since 1970.
    package init(_ answer: VendorAnswer, now: Int64) {
        switch answer {
        case .noAnswer(let reason, _): self = .failed(reason: "the token endpoint: \(reason)", after: nil)
        case .refused(let reason): self = .failed(reason: "the token endpoint: \(reason)", after: nil)
        case .response(let response):
            // Proxies answer with pages.
            let body = try? JSONParser.parse(response.body)
            self.init(response, body, now)
        }
    }

    private init(_ response: VendorResponse, _ body: JSON?, _ now: Int64) {
        if response.status == 200, body?["ok"]?.boolValue != false,
            let token = body?["access_token"]?.stringValue, !token.isEmpty
        {
            let seconds = body?["expires_in"]?.integerValue.flatMap { $0 > 0 ? $0 : nil }
            self = .token(
                token, refreshToken: body?["refresh_token"]?.stringValue,
                lifetime: seconds.map { .seconds(min($0, 10 * 365 * 86_400)) })
            return
        }
        let error = body?["error"]?.stringValue
        // An error's name is a word of the vendor's; what stands beside it might quote what was sent.
        let named = error.map { " \($0.prefix(60))" } ?? ""
        let reason = "the token endpoint answered HTTP \(response.status)\(named)"
        let isRefusal =
            switch response.status {
            case 300...399, 408, 429, 500...599: false
            case 401: true
            default: error != nil
            }
        if isRefusal, !Self.passing.contains(error ?? "") {
            self = .refused(reason: reason)
        } else {
            self = .failed(reason: reason, after: RetryAfter.delay(in: response, now: now))
        }
    }

    /// Slack's errors that pass by themselves; the last two while a workspace moves into an organization.
    private static let passing: Set = [
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
        "request_timeout", "team_added_to_org", "org_login_required",
    ]
}
