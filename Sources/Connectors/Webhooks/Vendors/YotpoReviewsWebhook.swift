internal import Flow
internal import Liquid

/// Yotpo's review webhooks.
///
/// Source: https://apidocs.yotpo.com/reference/about-webhooks and https://develop.yotpo.com/reference/create-webhook (read
/// 2026-11): `{event, data}`, of which older ones hold all values as text. Newer ones name the product in a member that
/// begins with `external_product_`; without it the product is unknown. Nothing is signed.
struct YotpoReviewsWebhook: VendorWebhook {
    let connector = "yotpo-reviews"
    let proof = WebhookProof.pathToken

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        guard let event = document["event"]?.stringValue else { return .unusable("the body has no event") }
        guard let data = document.known("data") else { return .unusable("the body has no data") }
        switch event {
        case "review_create": return .events([Self.created(data)])
        case "review_updated": return .events([Self.updated(data)])
        default: return .ignored("no trigger stands for the event \(event.prefix(100))")
        }
    }

    private static func created(_ data: JSON) -> WebhookEvent {
        let time = moment(data["created_at"])
        return WebhookEvent(
            "new-review", id: data["id"]?.idText.map { "review_create:\($0)" }, time: time,
            common(data, time).merging([
                "order_id": data.known("external_order_id") ?? data["order"]?["external_id"],
                "reviewerName": data["reviewer_display_name"], "email": data["customer_email"],
                "sentiment": data["sentiment"], "verifiedBuyer": data["verified_buyer"],
            ]) { first, _ in first })
    }

    /// It has no id of its own: the review's is the same for each change. Which change it was is not said, either.
    private static func updated(_ data: JSON) -> WebhookEvent {
        let time = moment(data["updated_at"])
        return WebhookEvent("review-updated", id: nil, time: time, common(data, time))
    }

    private static func common(_ data: JSON, _ time: String?) -> [String: JSON?] {
        [
            "product_id": product(data), "reviewId": data["id"], "score": data["score"],
            "title": data["title"], "content": data["content"], "occurredAt": time.map { .string($0) },
        ]
    }

    private static func product(_ data: JSON) -> JSON? {
        let named =
            data.objectValue?.filter { $0.key.hasPrefix("external_product_") && !$0.value.isNull } ?? [:]
        let value = named.min { $0.key < $1.key }?.value
        return value?.arrayValue?.first ?? value
    }

    /// `2018-02-20 14:12:13 UTC`, as older ones have it, in ISO 8601.
    private static func moment(_ value: JSON?) -> String? {
        guard let text = value?.stringValue, text.hasSuffix(" UTC") else { return value?.stringValue }
        return text.dropLast(" UTC".count).replacing(" ", with: "T") + "Z"
    }
}
