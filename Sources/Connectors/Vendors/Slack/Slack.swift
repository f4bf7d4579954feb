internal import Flow
internal import Liquid

/// Slack's Web API. Facts and sources: `Apps/slack/README.md`.
package struct Slack: VendorAPI {
    package let connector = "slack"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://slack.com" }

    /// `send-message` → `chat.postMessage`.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let body = JSON.compact([
            "channel": .string(try call.needed("channel")),
            "text": call.text("text").map { .string($0) },
            "blocks": try call.json("blocks", "a list"),
            "icon_emoji": call.text("iconEmoji").map { .string($0) },
            "metadata": [
                "event_type": "sluice_action",
                "event_payload": ["action_run_id": .string(call.id)],
            ],
        ])
        let request = call.request(
            "POST", "/api/chat.postMessage",
            headers: [
                ("Authorization", try call.bearer(or: "token")),
                ("Content-Type", "application/json; charset=utf-8"),
            ], body: body)
        let answer = try await call.send(request, Self.table)
        return .succeeded(returned: .compact(["channel": answer?["channel"], "ts": answer?["ts"]]))
    }

    /// The status is 200 for nearly everything; `ok` and `error` in the body decide.
    private static let table = AnswerTable(success: [200]) { response, body in
        guard response.status == 200 else { return nil }
        guard let isOK = body?["ok"]?.boolValue else {
            return .rejected("HTTP 200, but the answer is not Slack's: \(BodyExcerpt.make(of: response))")
        }
        if isOK { return nil }
        return outcome(of: body?["error"]?.stringValue ?? "no error named", body)
    }

    private static func outcome(of error: String, _ body: JSON?) -> VendorOutcome {
        let needed = body?["needed"]?.stringValue.map { " (needed: \($0))" } ?? ""
        let reason = "Slack says \(error)\(needed)"
        if unauthorized.contains(error) { return .unauthorized(reason: reason) }
        if busy.contains(error) { return .retry(reason, .busy) }
        if let wait = migrating[error] { return .retry(after: wait, reason, .notYet) }
        if broken.contains(error) { return .retry(reason, .broken) }
        return .rejected(reason)
    }

    /// Of the whole connection. `access_denied` and `no_permission` are about one channel, and leave the others alone.
    private static let unauthorized: Set = [
        "token_expired", "invalid_auth", "not_authed", "token_revoked", "account_inactive", "missing_scope",
        "not_allowed_token_type", "app_access_restricted", "accesslimited", "two_factor_setup_required",
        "ekm_access_denied", "enterprise_is_restricted",
    ]
    private static let busy: Set = ["rate_limited", "ratelimited"]
    /// Of these Slack says that they take their time.
    private static let migrating: [String: Duration] = [
        "message_limit_exceeded": .seconds(600), "team_added_to_org": .seconds(600),
        "org_login_required": .seconds(600),
    ]
    /// A part of the operation may have succeeded.
    private static let broken: Set = [
        "service_unavailable", "request_timeout", "internal_error", "fatal_error",
    ]
}
