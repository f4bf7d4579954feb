// Which fields can say who a customer is.

import Foundation

/// Chosen by the names of fields, so it is a floor.
enum PersonalField {
    /// References are ids of Shopify's, and are told apart.
    private static let words =
        #"email|phone|name$|birthday|address|city|region|postalcode|country|author|applicant|resume|avatar|message$"#
        + #"|comment|review$|reviewbody|reviewtitle|reviewmessage|^content$|answer|response$|fileurls|submissionurl"#
        + #"|photourls|videourls|imageurl|customerproperties|properties$|variables|personalisation|^row$|^text$|^notes$"#
        + #"|^description$|^data$|preferredtime"#

    /// Names of things, not of people; pictures and texts that the merchant writes.
    private static let impersonal: Set<String> = [
        "offerName", "rewardName", "segmentName", "previousSegmentName", "tierName", "previousTierName",
        "eventName", "formName", "indexName", "campaignName", "productName", "sheetName", "addressBookId",
        "productImageUrl", "fromName", "fromEmail",
    ]

    static func isPersonal(_ key: String) -> Bool {
        !impersonal.contains(key)
            && key.range(of: words, options: [.regularExpression, .caseInsensitive]) != nil
    }
}
