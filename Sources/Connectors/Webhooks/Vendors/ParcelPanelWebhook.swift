internal import Flow
internal import Liquid

/// ParcelPanel's webhooks, version 2.
///
/// Source: https://docs.parcelpanel.com/shopify/api-webhook/webhook-v2 (read 2026-11); `substatus_label` and
/// `estimated_delivery_date` from public integrations. Its time is in a header that the signature doesn't cover, so it
/// is no protection against repeats; the webhook's id is.
struct ParcelPanelWebhook: VendorWebhook {
    let connector = "parcel-panel"
    let proof = WebhookProof.signedBody(header: "X-ParcelPanel-HMAC-SHA256")

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        let topic = message.header("X-ParcelPanel-Topic") ?? "shipment_status/any_update"
        guard topic.hasPrefix("shipment_status/") else {
            return .ignored("no trigger stands for the topic \(topic.prefix(100))")
        }
        guard let status = document["status"]?.stringValue else {
            return .unusable("the body has no status")
        }
        if status == "PENDING" { return .ignored("the carrier knows nothing of the shipment yet (PENDING)") }
        let time = message.header("X-ParcelPanel-Triggered-At")
        return .events([
            WebhookEvent(
                "order-status-updated", id: message.header("X-ParcelPanel-Webhook-Id"), time: time,
                [
                    "order_id": document["order_id"], "trackingNumber": document["tracking_number"],
                    "carrier": document["carrier"]?["name"], "status": .string(Self.words(status)),
                    "subStatus": document.known("substatus_label") ?? document["substatus"],
                    "estimatedDelivery": document["estimated_delivery_date"],
                    "occurredAt": time.map { .string($0) },
                ])
        ])
    }

    /// `OUT_FOR_DELIVERY` as the catalogue has it: `Out for delivery`.
    private static func words(_ status: String) -> String {
        let words = status.lowercased().replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
