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
        let id = try call.setting("measurement_id")
        let secret = try call.credential("api_secret")
        let body = try AnalyticsEvent.body(of: call)
        if call.settings["validate"] == "true" {
            try await Self.send(call, "/debug/mp/collect", body, id, secret, Self.validation(hiding: secret))
        }
        try await Self.send(call, "/mp/collect", body, id, secret, Self.collection)
        return .succeeded(returned: nil)
    }

    /// Google documents the secret's place: the query. So whatever comes back is shown without it.
    private static func send(
        _ call: VendorCall, _ path: String, _ body: JSON, _ id: String, _ secret: String, _ table: AnswerTable
    ) async throws(EarlyEnd) {
        let request = call.request(
            "POST", path, query: [("measurement_id", id), ("api_secret", secret)], headers: [], body: body)
        _ = try table.success(of: await call.send(request).hiding([secret]), now: call.time / 1000)
    }

    private static let collection = AnswerTable(success: Set(200...299))

    /// Here the body of a 2xx is shown, too.
    private static func validation(hiding secret: String) -> AnswerTable {
        AnswerTable(success: Set(200...299)) { response, body in
            guard (200...299).contains(response.status) else { return nil }
            guard let messages = body?["validationMessages"]?.arrayValue else {
                let excerpt = BodyExcerpt.make(of: response.hiding([secret]))
                return .retry("the validation's answer is not Google's: \(excerpt)", .broken)
            }
            if messages.isEmpty { return nil }
            let texts = messages.prefix(5).map { message in
                let code = message["validationCode"]?.stringValue ?? "no code"
                return "\(code): \(message["description"]?.stringValue ?? message.jsonText)"
            }
            let text = texts.joined(separator: "; ").hiding([secret])
            return .rejected("not sent: Google Analytics would drop the event: \(text)")
        }
    }
}
