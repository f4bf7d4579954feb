internal import Flow
internal import Liquid

/// Klaviyo's JSON:API. Facts and sources: `Apps/klaviyo/README.md`.
package struct Klaviyo: VendorAPI {
    package let connector = "klaviyo"

    /// The version of the API that the requests are written for.
    static let revision = "2026-07-15"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://a.klaviyo.com" }

    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        switch call.action {
        case "track-event": try await trackEvent(call)
        case "create-campaign": try await createCampaign(call)
        default: .rejected("not sent: Klaviyo has no action \(call.action)")
        }
    }

    /// `track-event` → `POST /api/events`.
    ///
    /// Of events with one `unique_id`, metric and profile only the first counts. Without it Klaviyo drops all but one
    /// of a second, so there always is one.
    private func trackEvent(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let attributes: JSON = [
            "metric": [
                "data": ["type": "metric", "attributes": ["name": .string(try call.needed("eventName"))]]
            ],
            "profile": ["data": ["type": "profile", "attributes": try profile(call)]],
            "properties": try call.json("eventProperties", "an object") ?? [:],
            "unique_id": .string(call.text("uniqueId") ?? call.id),
        ]
        let body: JSON = ["data": ["type": "event", "attributes": attributes]]
        try await call.send(try request(call, "/api/events", body), Self.table(success: 202))
        return .succeeded(returned: nil)
    }

    /// The profile's own attributes by their names; what else is given are properties of the merchant's.
    private func profile(_ call: VendorCall) throws(EarlyEnd) -> JSON {
        let given = try call.json("customerProperties", "an object")?.objectValue ?? [:]
        var attributes = given.filter { Self.profileAttributes.contains($0.key) }
        let others = given.filter { !Self.profileAttributes.contains($0.key) && $0.key != "email" }
        if !others.isEmpty { attributes["properties"] = .object(others) }
        attributes["email"] = .string(try call.needed("email"))
        return .object(attributes)
    }

    private static let profileAttributes: Set = [
        "phone_number", "external_id", "first_name", "last_name", "organization", "locale", "title", "image",
        "location",
    ]

    // MARK: Requests and answers

    func request(_ call: VendorCall, _ path: String, _ body: JSON) throws(EarlyEnd) -> VendorRequest {
        call.request(
            "POST", path,
            headers: [
                ("Authorization", try authorization(call)),
                ("revision", Self.revision),
                ("Content-Type", "application/vnd.api+json"),
                ("Accept", "application/vnd.api+json"),
            ], body: body)
    }

    private func authorization(_ call: VendorCall) throws(EarlyEnd) -> String {
        if let token = call.credentials.accessToken { return "Bearer \(token)" }
        return "Klaviyo-API-Key \(try call.credential("api_key"))"
    }

    /// 403 = the key or token lacks a scope. 429 has a `Retry-After`; other 4xx are for good.
    static func table(success: Int, isHarmless: Bool = false) -> AnswerTable {
        AnswerTable(success: [success], unauthorized: [401, 403], isHarmless: isHarmless)
    }
}
