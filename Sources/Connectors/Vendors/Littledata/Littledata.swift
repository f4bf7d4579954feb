internal import Flow
internal import Liquid

/// Google Analytics 4's Measurement Protocol, which is where Littledata's events end up: Littledata's own endpoint is for
/// Shopify only. Facts and sources: `Apps/littledata/README.md`.
package struct Littledata: VendorAPI {
    package let connector = "littledata"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://www.google-analytics.com" }

    /// `customer-event` and `order-event` → `POST /mp/collect`, which answers 2xx to whatever it is sent. So the setting
    /// `validate` has `/debug/mp/collect`, which counts nothing, look at the same event first.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        // Google documents the secret's place: the query. So no URL of it may be shown.
        let query: [VendorCall.Parameter] = [
            ("measurement_id", try call.setting("measurement_id")),
            ("api_secret", try call.credential("api_secret")),
        ]
        let body = try AnalyticsEvent.body(of: call)
        if call.settings["validate"] == "true" {
            try await call.send(
                call.request("POST", "/debug/mp/collect", query: query, headers: [], body: body),
                Self.validation)
        }
        try await call.send(
            call.request("POST", "/mp/collect", query: query, headers: [], body: body), Self.collection)
        return .succeeded(returned: nil)
    }

    private static let collection = AnswerTable(success: Set(200...299))

    private static let validation = AnswerTable(success: Set(200...299)) { response, body in
        guard (200...299).contains(response.status) else { return nil }
        guard let messages = body?["validationMessages"]?.arrayValue else {
            return .retry(
                "the validation's answer is not Google's: \(BodyExcerpt.make(of: response))", .broken)
        }
        if messages.isEmpty { return nil }
        let texts = messages.prefix(5).map { message in
            let code = message["validationCode"]?.stringValue ?? "no code"
            return "\(code): \(message["description"]?.stringValue ?? message.jsonText)"
        }
        return .rejected("not sent: Google Analytics would drop the event: \(texts.joined(separator: "; "))")
    }
}
