internal import Flow
internal import Liquid

/// LoyaltyLion's program events.
///
/// Source: https://developers.loyaltylion.com/api-reference/v2/webhooks/overview and the pages below
/// /webhooks/events/program-events (read 2026-11). The body is `{id, topic, created_at, payload}`; in the examples of
/// segments the values stand in `payload`, in those of tiers and rewards in `payload.properties`. Sent at least once,
/// under the same id. The birthday triggers have no webhook.
struct LoyaltyLionWebhook: VendorWebhook {
    let connector = "loyaltylion"
    let proof = WebhookProof.signedBody(header: "x-loyaltylion-hmac-sha256")

    private static let prefix = "program_events/"
    /// "Defected" is what the API calls the segment that merchants see as Win Back.
    private static let triggers = [
        "customer.moved_to_defected_segment": "moved-into-win-back",
        "customer.moved_to_loyal_segment": "moved-into-loyal",
        "customer.moved_to_at_risk_segment": "moved-into-at-risk",
        "customer.tier_upgraded": "moved-up-tier",
        "customer.tier_downgraded": "moved-down-tier",
        "customer.reward_available_notification": "enough-points-for-reward",
    ]

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        guard let name = document["topic"]?.stringValue else { return .unusable("the body has no topic") }
        let topic = name.hasPrefix(Self.prefix) ? String(name.dropFirst(Self.prefix.count)) : name
        guard let handle = Self.triggers[topic] else {
            return .ignored("no trigger stands for the topic \(name.prefix(100))")
        }
        let payload = document["payload"]?.known("properties") ?? document["payload"]
        let customer = payload?.known("customer") ?? document["customer"]
        let reward = Self.newest(payload?["available_rewards"])
        return .events([
            WebhookEvent(
                handle, id: document["id"]?.idText, time: document["created_at"]?.stringValue,
                [
                    "customer_id": customer?["merchant_id"], "pointsBalance": customer?["points_approved"],
                    "occurredAt": document["created_at"],
                    "segmentName": payload?["new_insight_segment"],
                    "previousSegmentName": payload?["previous_insight_segment"],
                    "tierName": payload?["new_tier"]?["name"],
                    "previousTierName": payload?["previous_tier"]?["name"],
                    "rewardId": reward?["id"], "rewardName": reward?["title"],
                    "rewardCost": reward?["point_cost"],
                ])
        ])
    }

    /// All rewards within reach are listed; the new one is the dearest, since points only grow until they are spent.
    private static func newest(_ rewards: JSON?) -> JSON? {
        rewards?.arrayValue?.max { cost($0) < cost($1) }
    }

    private static func cost(_ reward: JSON) -> Double {
        switch reward["point_cost"] {
        case .integer(let points): Double(points)
        case .decimal(let points): points
        default: 0
        }
    }
}
