import Flow
import Liquid
import Testing

@testable import Connectors

/// What a token endpoint's answers come to: one row per kind.
@Suite struct TokenAnswerTests {
    private enum End: Equatable {
        case token(String), refused, failed(after: Duration?)
    }

    private static func end(_ answer: VendorAnswer) -> (end: End, reason: String) {
        switch TokenAnswer(answer, now: VendorFixture.time / 1000) {
        case .token(let token, _, _): (.token(token), "")
        case .refused(let reason): (.refused, reason)
        case .failed(let reason, let after): (.failed(after: after), reason)
        }
    }

    private static func end(_ status: Int, _ body: String, after: String? = nil) -> (end: End, reason: String)
    {
        end(
            .response(
                VendorResponse(
                    status: status, headers: after.map { [(name: "Retry-After", value: $0)] } ?? [],
                    body: Array(body.utf8))))
    }

    @Test func `a token is taken`() {
        #expect(Self.end(200, #"{"ok": true, "access_token": "a1"}"#).end == .token("a1"))
    }

    @Test(arguments: [
        (400, #"{"error": "invalid_grant"}"#, "HTTP 400 invalid_grant"),
        (
            400, #"{"error": "invalid_request", "error_description": "r0 is unknown"}"#,
            "HTTP 400 invalid_request"
        ),
        (401, #"{"error": "invalid_client"}"#, "HTTP 401 invalid_client"), (401, "Unauthorized", "HTTP 401"),
        (403, #"{"error": "unauthorized_client"}"#, "HTTP 403 unauthorized_client"),
        (200, #"{"ok": false, "error": "invalid_refresh_token"}"#, "HTTP 200 invalid_refresh_token"),
    ])
    func `an error that it names, or a 401, asks for a person`(status: Int, body: String, says: String) {
        let (end, reason) = Self.end(status, body)
        #expect(end == .refused)
        #expect(reason == "the token endpoint answered \(says)")
    }

    @Test(arguments: [
        (403, "<html><body>Blocked by the proxy</body></html>"), (404, "Not Found"), (400, ""), (400, "{}"),
        (403, #"{"error": {"code": 403}}"#), (407, "Proxy Authentication Required"), (413, "too large"),
        (201, "{}"), (302, #"{"error": "moved"}"#), (200, "<html>Sign in</html>"), (503, #"{"error": "x"}"#),
    ])
    func `a page of a proxy revokes nothing`(status: Int, body: String) {
        #expect(Self.end(status, body).end == .failed(after: nil))
    }

    @Test(arguments: [
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
        "request_timeout",
        "team_added_to_org", "org_login_required",
    ])
    func `an error of Slack's that passes by itself revokes nothing`(error: String) {
        let (end, reason) = Self.end(200, #"{"ok": false, "error": "\#(error)"}"#)
        #expect(end == .failed(after: nil))
        #expect(reason == "the token endpoint answered HTTP 200 \(error)")
    }

    @Test func `how long to wait is told`() {
        #expect(Self.end(429, #"{"error": "ratelimited"}"#, after: "30").end == .failed(after: .seconds(30)))
        #expect(Self.end(403, "slow down", after: "7").end == .failed(after: .seconds(7)))
    }

    @Test func `no answer revokes nothing`() {
        #expect(Self.end(.noAnswer(reason: "no answer in time")).end == .failed(after: nil))
        #expect(Self.end(.refused(reason: "an address that isn't allowed")).end == .failed(after: nil))
    }
}
