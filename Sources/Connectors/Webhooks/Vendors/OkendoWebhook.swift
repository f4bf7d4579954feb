internal import Flow
internal import Liquid

/// Okendo's webhook for new reviews.
///
/// Source: https://docs.okendo.io/webhooks/topics and /merchant-rest-api/endpoints (read 2026-11): `{resource,
/// resourceType, sequenceNumber, topic, version}`, the resource a review as its API gives it. Signed by Standard
/// Webhooks; the names of the headers are from public integrations.
struct OkendoWebhook: VendorWebhook {
    let connector = "okendo"
    let proof = WebhookProof.standardWebhooks

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        guard let topic = document["topic"]?.stringValue else { return .unusable("the body has no topic") }
        guard topic == "review.create" else {
            return .ignored("no trigger stands for the topic \(topic.prefix(100))")
        }
        guard let review = document["resource"], review.objectValue != nil else {
            return .unusable("the body has no resource")
        }
        let reviewer = review["reviewer"]
        return .events([
            WebhookEvent(
                "review-created", id: message.header(WebhookSignature.idHeader),
                time: review["dateCreated"]?.stringValue,
                [
                    "product_id": Self.product(review["productId"]), "reviewTitle": review["title"],
                    "rating": review["rating"], "reviewBody": review["body"],
                    "dateCreated": review["dateCreated"],
                    "reviewerDisplayName": reviewer?["displayName"],
                    "reviewerAvatarUrl": reviewer?["avatarUrl"], "email": reviewer?["email"],
                    "verifiedStatus": Self.handle(reviewer?["verifiedStatus"]),
                    "reviewerCountryCode": reviewer?["location"]?["country"]?["code"],
                    "imageCount": Self.count("image", in: review["media"]),
                    "videoCount": Self.count("video", in: review["media"]),
                ])
        ])
    }

    /// `shopify-123456789`; products of other shops are unknown to the store.
    private static func product(_ id: JSON?) -> JSON? {
        guard let text = id?.stringValue, text.hasPrefix("shopify-") else { return nil }
        return .string(String(text.dropFirst("shopify-".count)))
    }

    /// `Verified Buyer` as the trigger has it: `verified-buyer`.
    private static func handle(_ status: JSON?) -> JSON? {
        status?.stringValue.map { .string($0.lowercased().replacing(" ", with: "-")) }
    }

    private static func count(_ type: String, in media: JSON?) -> JSON? {
        media?.arrayValue.map { items in
            .integer(Int64(items.count { $0["type"]?.stringValue == type }))
        }
    }
}
