internal import Flow
internal import Liquid

/// The review webhooks of REVIEWS.io.
///
/// Source: https://developer.reviews.io/reference/2966f9313240bd3856bb4045dac3731f (read 2026-11): `{id, review_type,
/// order_id, rating, comments, user{name, email_address}, product{sku}}`. Nothing is signed, and the body doesn't say
/// which of the webhook's types it was registered for, so the registered URL does: `?type=product_review_positive`. A
/// product is known by its SKU only; `?sku=product_id` says that the store's SKUs at REVIEWS.io are Shopify's product ids.
/// How photos and videos are written is not documented, so the triggers for those have no webhook here.
struct ReviewsIOWebhook: VendorWebhook {
    let connector = "reviews-io"
    let proof = WebhookProof.pathToken

    private static let triggers = [
        "company_review": "new-company-review", "company_review_positive": "new-positive-company-review",
        "company_review_negative": "new-negative-company-review", "product_review": "new-product-review",
        "product_review_positive": "new-positive-product-review",
        "product_review_negative": "new-negative-product-review",
    ]

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        guard let subject = document["review_type"]?.stringValue, ["company", "product"].contains(subject)
        else { return .unusable("the body has no review_type, company or product") }
        let type = message.parameter("type") ?? "\(subject)_review"
        guard let handle = Self.triggers[type] else {
            return .unusable(
                "the URL's type is \(type.prefix(100)); it may be one of "
                    + Self.triggers.keys.sorted().joined(separator: ", "))
        }
        guard type.hasPrefix(subject) else {
            return .unusable("the URL's type is \(type), and the body is a review of the \(subject)")
        }
        let user = document["user"]
        let id = document["id"]?.idText
        return .events([
            WebhookEvent(
                handle, id: id.map { "\(type):\($0)" },
                [
                    "product_id": message.parameter("sku") == "product_id"
                        ? document["product"]?["sku"] : nil,
                    "reviewId": id.map { .string($0) }, "rating": document["rating"],
                    "reviewBody": document["comments"], "reviewerName": user?["name"],
                    "reviewerEmail": user?["email_address"], "orderNumber": document["order_id"],
                ])
        ])
    }
}
