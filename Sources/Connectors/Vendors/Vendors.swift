/// The vendors whose public APIs are called. Adding one is a folder beside this file, the facts in `Apps/<id>/`, and one
/// line here.
package enum Vendors {
    package static let all: [any VendorAPI] = [
        Asana(),
        CleverPush(),
        Dotdigital(),
        GoogleSheets(),
        Klaviyo(),
        Klevu(),
        Littledata(),
        LoyaltyLion(),
        Nosto(),
        Omnisend(),
        Scribeless(),
        Slack(),
        StampedLoyalty(),
        Trello(),
    ]

    private static let byConnector: [String: any VendorAPI] = Dictionary(
        all.map { ($0.connector, $0) }, uniquingKeysWith: { first, _ in first })

    package static func api(of connector: String) -> (any VendorAPI)? { byConnector[connector] }
}
