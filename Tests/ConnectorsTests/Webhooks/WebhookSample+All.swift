import Flow
import Liquid

extension WebhookSample {
    static let all = loyaltyLion + [parcelPanel] + stamped + yotpo + [okendo] + reviewsIO

    private static let customer = """
        {"id": 6932, "merchant_id": "2134606599", "email": "ann@example.com", "points_approved": 200,
         "points_pending": 300, "insights_segment": "Loyal"}
        """

    static let loyaltyLion: [WebhookSample] =
        [
            ("moved_to_defected_segment", "moved-into-win-back", "Win Back"),
            ("moved_to_loyal_segment", "moved-into-loyal", "Loyal"),
            ("moved_to_at_risk_segment", "moved-into-at-risk", "At Risk"),
        ].map { event, trigger, segment in
            WebhookSample(
                connector: "loyaltylion",
                body: """
                    {"id": "bff1bddb-0001", "topic": "program_events/customer.\(event)",
                     "created_at": "2026-11-24T09:00:05.000Z",
                     "payload": {"customer": \(customer), "new_insight_segment": "\(segment)",
                                 "previous_insight_segment": null, "frequency": 3}}
                    """,
                trigger: trigger, id: "bff1bddb-0001", time: "2026-11-24T09:00:05.000Z",
                payload: [
                    "customer_id": 2_134_606_599, "segmentName": .string(segment), "pointsBalance": 200,
                    "occurredAt": "2026-11-24T09:00:05.000Z",
                ])
        }
        + [("tier_upgraded", "moved-up-tier"), ("tier_downgraded", "moved-down-tier")].map { event, trigger in
            WebhookSample(
                connector: "loyaltylion",
                body: """
                    {"id": "bff1bddb-0002", "topic": "program_events/customer.\(event)",
                     "created_at": "2026-11-24T09:00:05.000Z",
                     "payload": {"id": "332d90cd", "kind": "customer.\(event)", "properties": {
                        "customer": \(customer), "previous_tier": {"id": 1, "name": "Bronze"},
                        "new_tier": {"id": 2, "name": "Silver"}}}}
                    """,
                trigger: trigger, id: "bff1bddb-0002", time: "2026-11-24T09:00:05.000Z",
                payload: [
                    "customer_id": 2_134_606_599, "tierName": "Silver", "previousTierName": "Bronze",
                    "pointsBalance": 200, "occurredAt": "2026-11-24T09:00:05.000Z",
                ])
        }
        + [
            WebhookSample(
                connector: "loyaltylion",
                body: """
                    {"id": "bff1bddb-0003", "topic": "program_events/customer.reward_available_notification",
                     "created_at": "2026-11-24T09:00:05.000Z",
                     "payload": {"properties": {"customer": \(customer), "available_rewards": [
                        {"id": 121012, "title": "Free delivery", "point_cost": 50},
                        {"id": 121013, "title": "10% Off", "point_cost": 150},
                        {"id": 121014, "title": "A sticker", "point_cost": 20}]}}}
                    """,
                trigger: "enough-points-for-reward", id: "bff1bddb-0003", time: "2026-11-24T09:00:05.000Z",
                payload: [
                    "customer_id": 2_134_606_599, "rewardId": "121013", "rewardName": "10% Off",
                    "rewardCost": 150, "pointsBalance": 200, "occurredAt": "2026-11-24T09:00:05.000Z",
                ])
        ]

    static let parcelPanel = WebhookSample(
        connector: "parcel-panel",
        headers: [
            ("X-ParcelPanel-Topic", "shipment_status/any_update"),
            ("X-ParcelPanel-Triggered-At", "2026-11-24T09:00:05Z"),
            ("X-ParcelPanel-Webhook-Id", "wh-77"),
        ],
        body: """
            {"order_id": 2600441643094, "order_number": "#1001", "status": "OUT_FOR_DELIVERY",
             "substatus": "OutForDelivery_001", "substatus_label": "On the van", "tracking_number": "123456789",
             "carrier": {"name": "DHL Express", "code": "dhl"}, "estimated_delivery_date": "2026-11-25",
             "residence_time": null, "location": {"name": null}}
            """,
        trigger: "order-status-updated", id: "wh-77", time: "2026-11-24T09:00:05Z",
        payload: [
            "order_id": 2_600_441_643_094, "trackingNumber": "123456789", "carrier": "DHL Express",
            "status": "Out for delivery", "subStatus": "On the van", "estimatedDelivery": "2026-11-25",
            "occurredAt": "2026-11-24T09:00:05Z",
        ])

    static let stamped = [
        WebhookSample(
            connector: "stamped-reviews", headers: [("X-Stamped-Topic", "Reviews")],
            body: """
                {"customerEmail": "ann@example.com", "id": 14243711, "author": "Ann L.", "reviewTitle": "Good tea",
                 "reviewMessage": "As it should be.", "reviewRating": 3, "reviewDate": null, "reviewVerifiedType": 0,
                 "productId": 2640569991268, "productName": "Green tea", "productUrl": "https://stamped.io/go/d3xO",
                 "productImageUrl": "//cdn.shopify.com/s/tea.jpg", "dateCreated": "2026-06-05T09:30:14.963",
                 "location": "", "reviewOptionsList": []}
                """,
            trigger: "new-review", id: "review:14243711",
            payload: [
                "product_id": 2_640_569_991_268, "reviewId": "14243711", "author": "Ann L.",
                "customerEmail": "ann@example.com", "reviewTitle": "Good tea",
                "reviewMessage": "As it should be.", "reviewRating": 3, "reviewVerifiedType": 0,
                "productName": "Green tea", "productUrl": "https://stamped.io/go/d3xO",
                "productImageUrl": "https://cdn.shopify.com/s/tea.jpg",
                "dateCreated": "2026-06-05T09:30:14.963",
            ]),
        WebhookSample(
            connector: "stamped-reviews", headers: [("X-Stamped-Topic", "Questions & Answers")],
            body: """
                {"id": 1993308, "message": "How hot?", "email": "ann@example.com", "name": "Ann L.",
                 "date_created": "2026-03-26T01:43:30.62", "product_id": 10192130439, "product_name": "Green tea",
                 "customer_id": 76472997, "customer_name": null}
                """,
            trigger: "new-question", id: "question:1993308",
            payload: [
                "product_id": 10_192_130_439, "questionId": "1993308", "message": "How hot?",
                "name": "Ann L.", "email": "ann@example.com", "productName": "Green tea",
                "dateCreated": "2026-03-26T01:43:30.62",
            ]),
        WebhookSample(
            connector: "stamped-reviews", headers: [("X-Stamped-Topic", "Net Promoter Scores")],
            body: #"{"Id": 1630794, "Rating": 5, "Body": "A bit dear.", "Reply": null, "State": 0}"#,
            trigger: "new-nps", id: "nps:1630794",
            payload: ["score": 5, "comment": "A bit dear."]),
    ]

    static let yotpo = [
        WebhookSample(
            connector: "yotpo-reviews",
            body: """
                {"event": "review_create", "data": {"id": 219, "title": "Good", "reviewer_display_name": "Ann L.",
                 "content": "As it should be", "user_id": 209, "score": 5, "created_at": "2026-02-20T21:31:13.000Z",
                 "updated_at": "2026-02-20T21:31:13.000Z", "verified_buyer": false, "sentiment": "",
                 "customer_email": "ann@example.com", "order_id": 123, "external_order_id": "450789",
                 "external_product_id": "632910392"}}
                """,
            trigger: "new-review", id: "review_create:219", time: "2026-02-20T21:31:13.000Z",
            payload: [
                "product_id": 632_910_392, "order_id": 450_789, "reviewId": "219", "score": 5,
                "title": "Good", "content": "As it should be", "reviewerName": "Ann L.",
                "email": "ann@example.com", "verifiedBuyer": false, "occurredAt": "2026-02-20T21:31:13.000Z",
            ]),
        WebhookSample(
            connector: "yotpo-reviews",
            body: """
                {"event": "review_updated", "data": {"id": "219", "title": "Good", "content": "As it should be",
                 "score": "4.5", "created_at": "2018-02-20 14:12:13 UTC", "updated_at": "2018-02-21 14:12:13 UTC",
                 "external_product_id": "632910392", "verified_buyer": "true"}}
                """,
            trigger: "review-updated",
            id: "of the body", time: "2018-02-21T14:12:13Z",
            payload: [
                "product_id": 632_910_392, "reviewId": "219", "score": 4.5, "title": "Good",
                "content": "As it should be", "occurredAt": "2018-02-21T14:12:13Z",
            ]),
    ]

    static let okendo = WebhookSample(
        connector: "okendo",
        body: """
            {"topic": "review.create", "resourceType": "review", "sequenceNumber": 7, "version": "2025-02-01",
             "resource": {"reviewId": "123e4567", "productId": "shopify-632910392", "title": "Good", "rating": 5,
              "body": "Would buy again", "dateCreated": "2026-11-24T09:00:05.872Z",
              "media": [{"type": "image", "fullSizeUrl": "https://example.com/1.jpg"}],
              "reviewer": {"displayName": "Ann L.", "avatarUrl": "https://example.com/a.png",
               "email": "ann@example.com", "isVerified": true, "verifiedStatus": "Verified Buyer",
               "location": {"country": {"code": "au", "name": "Australia"}}}}}
            """,
        trigger: "review-created", id: "msg_1", time: "2026-11-24T09:00:05.872Z",
        payload: [
            "product_id": 632_910_392, "reviewTitle": "Good", "rating": 5, "reviewBody": "Would buy again",
            "dateCreated": "2026-11-24T09:00:05.872Z", "reviewerDisplayName": "Ann L.",
            "reviewerAvatarUrl": "https://example.com/a.png", "email": "ann@example.com",
            "verifiedStatus": "verified-buyer", "reviewerCountryCode": "au", "imageCount": 1, "videoCount": 0,
        ])

    static let reviewsIO: [WebhookSample] = [
        ("company_review", "new-company-review"), ("company_review_positive", "new-positive-company-review"),
        ("company_review_negative", "new-negative-company-review"), ("product_review", "new-product-review"),
        ("product_review_positive", "new-positive-product-review"),
        ("product_review_negative", "new-negative-product-review"),
    ].map { type, trigger in
        let isProduct = type.hasPrefix("product")
        let product = isProduct ? #", "product": {"sku": "632910392"}"# : ""
        return WebhookSample(
            connector: "reviews-io", parameters: ["type": type, "sku": "product_id"],
            body: """
                {"id": 801, "review_type": "\(isProduct ? "product" : "company")", "order_id": "#1001", "rating": "4",
                 "comments": "As it should be", "user": {"name": "Ann L.", "email_address": "ann@example.com"}\(product)}
                """,
            trigger: trigger, id: "\(type):801",
            payload: .compact([
                "product_id": isProduct ? 632_910_392 : nil, "reviewId": "801", "rating": 4,
                "reviewBody": "As it should be", "reviewerName": "Ann L.",
                "reviewerEmail": "ann@example.com", "orderNumber": "#1001",
            ]))
    }
}
