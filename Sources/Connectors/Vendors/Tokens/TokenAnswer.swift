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

    /// `invalid_grant` and its kin come with 400 or 401 (RFC 6749, section 5.2), Slack's with 200 and `ok: false`.
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
        switch response.status {
        case 429, 500...599, 408:
            self = .failed(reason: reason, after: RetryAfter.delay(in: response, now: now))
        case 200 where error == nil, 300...399: self = .failed(reason: reason, after: nil)
        case 200 where Self.passing.contains(error ?? ""): self = .failed(reason: reason, after: nil)
        default: self = .refused(reason: reason)
        }
    }

    /// Slack's errors that pass by themselves.
    private static let passing: Set = [
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
        "request_timeout",
    ]
}
