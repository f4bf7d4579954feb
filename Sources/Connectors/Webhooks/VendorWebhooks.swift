/// The vendors whose own webhooks are accepted. Adding one is a file in Vendors/ and one line here.
///
/// Left out, since too little is known of how they sign or of what they send: Loox, TrackingMore and Back in Stock
/// Product Alerts. Their apps can use the gateway's trigger endpoint.
package enum VendorWebhooks {
    package static let all: [any VendorWebhook] = [
        LoyaltyLionWebhook(),
        OkendoWebhook(),
        ParcelPanelWebhook(),
        ReviewsIOWebhook(),
        StampedReviewsWebhook(),
        YotpoReviewsWebhook(),
    ]

    private static let byConnector: [String: any VendorWebhook] = Dictionary(
        all.map { ($0.connector, $0) }, uniquingKeysWith: { first, _ in first })

    package static func webhook(of connector: String) -> (any VendorWebhook)? { byConnector[connector] }
}
