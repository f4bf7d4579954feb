internal import Flow
internal import Liquid

/// CleverPush's API. Facts and sources: `Apps/cleverpush/README.md`.
package struct CleverPush: VendorAPI {
    package let connector = "cleverpush"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://api.cleverpush.com" }

    /// `send-notification` → `POST /notification/send`.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let channel: String
        if let given = call.text("channelId") {
            channel = given
        } else {
            channel = try call.setting("channel_id")
        }
        var body: [String: JSON] = [
            "channelId": .string(channel),
            "title": .string(try call.needed("title")),
            "text": .string(try call.needed("text")),
        ]
        body["url"] = call.text("url").map { .string($0) }
        body["mediaUrl"] = call.text("imageUrl").map { .string($0) }
        if let target = try Self.target(call) { body[target.name] = target.value }
        let request = call.request(
            "POST", "/notification/send", headers: [("Authorization", try call.credential("api_key"))],
            body: .object(body))
        let answer = try await call.send(request, Self.table)
        return .succeeded(returned: .compact(["id": answer?["id"]]))
    }

    /// Who is notified; nil = everybody. CleverPush notifies every subscriber where it is told nobody, so an input that
    /// was rendered to nothing must end here, and only the merchant's own word stands for everybody. How it combines
    /// two kinds of target isn't documented.
    private static func target(_ call: VendorCall) throws(EarlyEnd) -> (name: String, value: JSON)? {
        var targets: [(name: String, value: JSON)] = []
        let topics = call.items("topic")
        if !topics.isEmpty { targets.append(("topics", .array(topics.map { .string($0) }))) }
        let segments = call.items("segment")
        if !segments.isEmpty { targets.append(("segments", .array(segments.map { .string($0) }))) }
        if call.text("customer_id") != nil {
            let id = try call.storeID("customer_id")
            targets.append(("customAttributes", ["user_id": .string(id)]))
        }
        switch (targets.count, try call.flag("broadcast") ?? false) {
        case (0, true): return nil
        case (0, false):
            throw .rejected(
                "not sent: no topic, segment or customer is given, and CleverPush would notify every subscriber;"
                    + " set broadcast to true if that is wanted")
        case (1, false): return targets[0]
        case (1, true):
            throw .rejected(
                "not sent: broadcast is true, and there is a target; only one of them can be meant")
        default:
            let names = targets.map(\.name).joined(separator: " and ")
            throw .rejected("not sent: only one kind of target is allowed, not \(names)")
        }
    }

    /// An accepted notification has an id. Without one nobody knows what was done, so a person is asked.
    private static let table = AnswerTable(success: Set(200...299), unauthorized: [401, 403]) {
        response, body in
        guard (200...299).contains(response.status), body?["id"]?.idText == nil else { return nil }
        return .retry("\(AnswerTable.reason(response)) (no id of a notification)", .broken)
    }
}
