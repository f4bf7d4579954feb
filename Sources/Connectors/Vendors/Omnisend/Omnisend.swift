internal import Flow
internal import Liquid

/// Omnisend's API. Facts and sources: `Apps/omnisend/README.md`.
package struct Omnisend: VendorAPI {
    package let connector = "omnisend"

    /// The version of the API that the requests are written for. A retired one answers 410.
    private static let version = "2026-03-15"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://api.omnisend.com" }

    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        switch call.action {
        case "track-event": try await trackEvent(call)
        case "create-or-update-customer": try await upsertContact(call)
        default: .rejected("not sent: Omnisend has no action \(call.action)")
        }
    }

    /// `track-event` → `POST /api/events`. Makes the contact where there is none.
    private func trackEvent(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let body = JSON.compact([
            "eventName": .string(try call.needed("eventName")),
            "eventID": .string(try eventID(call)),
            "origin": "api",
            "contact": .compact([
                "email": .string(try call.needed("email")), "phone": call.text("phone").map { .string($0) },
            ]),
            "properties": try call.json("properties", "an object"),
        ])
        try await call.send(try request(call, "/api/events", body), Self.table(success: [202]))
        return .succeeded(returned: nil)
    }

    /// Omnisend takes UUIDs of versions 4 to 7, and an action run's is of version 8: its version becomes 5, which is
    /// of a hash, too. The other digits are the run's, so that a person finds the event.
    private func eventID(_ call: VendorCall) throws(EarlyEnd) -> String {
        let given = call.text("eventId") ?? call.id
        guard let id = RunID(given) else {
            throw .rejected("not sent: the input eventId is no UUID: “\(given.prefix(40))”")
        }
        let version = id.high >> 12 & 0xF
        if (4...7).contains(version) { return id.description }
        return RunID(high: id.high & ~0xF000 | 0x5000, low: id.low).description
    }

    /// `create-or-update-customer` → `POST /api/contacts`, which finds the contact by its e-mail.
    private func upsertContact(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let tags = call.items("tags")
        let body = JSON.compact([
            "identifiers": .array(try identifiers(call)),
            "firstName": call.text("firstName").map { .string($0) },
            "lastName": call.text("lastName").map { .string($0) },
            "tags": tags.isEmpty ? nil : .array(tags.map { .string($0) }),
        ])
        let answer = try await call.send(
            try request(call, "/api/contacts", body), Self.table(success: [200, 201]))
        return .succeeded(returned: .compact(["contact_id": answer?["id"]]))
    }

    /// A welcome message is sent by default, for updates too: an update of ours must not start it. The status of a
    /// channel is consent, so it is sent only where the merchant gave it.
    private func identifiers(_ call: VendorCall) throws(EarlyEnd) -> [JSON] {
        let status = try call.flag("subscribed").map { $0 ? "subscribed" : "unsubscribed" }
        let email = JSON.compact([
            "type": "email", "id": .string(try call.needed("email")), "sendWelcomeMessage": false,
            "channels": status.map { ["email": ["status": .string($0)]] },
        ])
        guard let phone = call.text("phone") else { return [email] }
        return [email, ["type": "phone", "id": .string(phone), "sendWelcomeMessage": false]]
    }

    // MARK: Requests and answers

    private func request(
        _ call: VendorCall, _ path: String, _ body: JSON
    ) throws(EarlyEnd) -> VendorRequest {
        call.request(
            "POST", path,
            headers: [
                ("Authorization", try authorization(call)), ("Omnisend-Version", Self.version),
            ], body: body)
    }

    private func authorization(_ call: VendorCall) throws(EarlyEnd) -> String {
        if let token = call.credentials.accessToken { return "Bearer \(token)" }
        return "Omnisend-API-Key \(try call.credential("api_key"))"
    }

    /// 403 = the key or token lacks a scope. How long to wait stands in the body of a 429, no header says it.
    private static func table(success: Set<Int>) -> AnswerTable {
        AnswerTable(success: success, unauthorized: [401, 403]) { response, _ in
            guard response.status == 410 else { return nil }
            return .rejected(
                "Omnisend has retired version \(version) of its API: Sluice needs an update"
                    + " (\(AnswerTable.reason(response)))")
        } wait: { response, body, _ in
            guard response.status == 429, let seconds = body?["retryAfter"]?.integerValue, seconds >= 0
            else { return nil }
            return .seconds(min(seconds, 1_000_000))
        }
    }
}
