import Liquid

/// What a sample's text and numbers look like, by the field's key: the exact key first, then its ending.
enum SampleText {
    enum Kind {
        case words([String])
        case person, sentence, id, orderNumber, phone, typedEmail, monthAndDay
        /// Up to five minutes before the event.
        case justNow
        /// A date and time, or a date, so many days from the event.
        case moment(ClosedRange<Int64>)
        case day(ClosedRange<Int64>)
        /// JSON text about a product and a small number.
        case json(@Sendable (String, Int) -> JSON)
    }

    enum NumberKind {
        case rating, count, points, money, degrees, share
    }

    /// Seconds of a day.
    static let day: Int64 = 86_400

    static func kind(of key: String) -> Kind {
        if let kind = kinds[key] { return kind }
        if let words = words[key] { return .words(words) }
        return endings.first { key.hasSuffix($0.0) }?.1 ?? .sentence
    }

    static func numberKind(of key: String) -> NumberKind {
        let lower = key.lowercased()
        return numberKinds.first { lower.hasSuffix($0.0) }?.1 ?? .count
    }

    static let firstNames = [
        "Ana", "Binh", "Chloe", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Linh", "Mateo", "Nora", "Zoë",
    ]
    static let lastNames = [
        "Adams", "Berg", "Costa", "Dang", "Eriksen", "Fischer", "Garcia", "Nguyen", "Okafor", "Tran",
    ]
    static let products = [
        "Oolong tea 100 g", "Glass teapot", "Bamboo whisk", "Jasmine green tea", "Travel mug",
        "Tea & honey set",
    ]
    static let sentences = [
        "The tea smells wonderful, and it came two days early.", "Please call me back about the teapot.",
        "Not what I expected: the lid doesn't fit.", "Trà rất ngon, giao hàng nhanh!",
        "“Lovely” – would buy again",
        "Is the whisk made of bamboo?", "Thank you for your order.",
    ]

    private static let kinds: [String: Kind] = [
        "author": .person, "reviewerName": .person, "applicantName": .person, "authorName": .person,
        "fromName": .person,
        "reviewerDisplayName": .words(["Ana C.", "Linh T.", "Mateo G."]), "name": .person,
        "birthday": .monthAndDay, "email": .typedEmail, "orderNumber": .orderNumber, "phone": .phone,
        "dateCreated": .justNow, "occurredAt": .justNow, "periodEnd": .moment(0...0),
        "periodStart": .moment(-2...(-2)),
        "startsAt": .moment(0...1), "endsAt": .moment(2...14), "sendAt": .moment(1...3),
        "due": .moment(1...14),
        "preferredTime": .moment(1...3), "dueOn": .day(1...14), "estimatedDelivery": .day(1...10),
        "expectedShipDate": .day(5...60),
        "trackingNumber": .id, "assignee": .id, "cartToken": .id, "publicApiKey": .id, "labelIds": .id,
        "memberIds": .id,
        "items": .json { product, count in [["sku": .string(product), "quantity": .integer(Int64(count))]] },
        "row": .json { product, count in [.string(product), .integer(Int64(count))] },
        "blocks": .json { product, _ in
            [["type": "section", "text": ["type": "plain_text", "text": .string(product)]]]
        },
        "eventProperties": .json(properties), "customerProperties": .json(properties),
        "properties": .json(properties),
        "personalisation": .json(properties), "variables": .json(properties),
    ]

    @Sendable private static func properties(_ product: String, _ count: Int) -> JSON {
        ["product": .string(product), "quantity": .integer(Int64(count))]
    }

    private static let endings: [(String, Kind)] = [
        ("At", .moment(-1...0)), ("Id", .id), ("Gid", .id), ("Ids", .id), ("firstName", .words(firstNames)),
        ("lastName", .words(lastNames)), ("Email", .typedEmail), ("Phone", .phone), ("Number", .id),
        ("StatusName", .words(statuses)), ("Status", .words(statuses)), ("Name", .words(names)),
    ]

    private static let statuses = ["pending", "in progress", "done", "failed"]
    private static let names = ["Spring sale", "Loyal customers", "Main", "After purchase", "Tea lovers"]
    private static let tiers = ["Bronze", "Silver", "Gold", "Platinum"]
    private static let segments = ["Loyal", "At risk", "Win back", "New"]

    private static let words: [String: [String]] = [
        "addressLine": ["1 Example Street", "22 Harbour Road"],
        "answer": ["A friend", "Search", "Instagram"],
        "campaignName": names, "carrier": ["DHL Express", "FedEx", "UPS", "USPS"],
        "category": ["tea", "gifts", "accessories"],
        "channel": ["#orders", "#support"], "city": ["Hanoi", "Leeds", "Lyon", "Portland"],
        "company": ["Tea House Ltd", "Leaf & Co"],
        "condition": ["cloudy", "rain", "sunny"], "country": ["CA", "DE", "GB", "US", "VN"],
        "counter": ["express", "standard"],
        "currency": ["CAD", "EUR", "GBP", "USD", "VND"], "discountCode": ["SPRING10", "TEA5"],
        "eventName": ["Order Tagged", "Tier Changed", "Wishlist Filled"],
        "failureReason": ["age not confirmed", "document unreadable"],
        "firstName": firstNames, "iconEmoji": [":tea:", ":package:"],
        "indexName": ["products", "products_price_asc"],
        "invalidDomain": ["gmial.example", "hotnail.example"], "jobTitle": ["Tea buyer", "Warehouse lead"],
        "key": ["colour", "gift", "size"],
        "label": ["gift", "vip", "wholesale"], "lastName": lastNames, "location": ["Hanoi", "Leeds"],
        "method": ["database", "document", "manual"], "offerName": ["Free mug", "2 for 1"],
        "postalCode": ["100000", "LS1 4AP", "97201"],
        "previousSegmentName": segments, "previousTierName": tiers, "productName": products,
        "query": ["oolong", "teapot glass", "trà sen"],
        "reason": ["birthday", "late delivery", "order bonus"], "region": ["HN", "OR", "West Yorkshire"],
        "reviewTitle": ["Great tea", "Not for me", "Rất ngon"],
        "reviewerCountryCode": ["CA", "GB", "US", "VN"],
        "rewardName": ["$5 voucher", "10% off", "Free shipping"], "segment": segments,
        "segmentName": segments, "sheetName": ["Orders", "Sheet1"],
        "sku": ["GLASS-POT", "TEA-100", "WHISK-1"],
        "source": ["email", "import", "on-site"],
        "storeTimezone": ["America/New_York", "Asia/Ho_Chi_Minh", "Europe/London"],
        "subject": ["A gift for you", "Your tea is on its way"], "tagsAdded": ["gift", "vip", "wholesale"],
        "tagsRemoved": ["new", "pending"],
        "tags": ["newsletter, vip", "wholesale"], "tierName": tiers,
        "title": ["Call the customer", "Great tea", "Pack the order"],
        "topResults": products, "topic": ["new-arrivals", "offers"], "value": ["blue", "large", "yes"],
        "verificationStatus": ["FAIL", "PASS", "PENDING"],
        "widget": ["birthday collector", "survey", "upsell"],
        "codes": ["TEA-4F7K", "TEA-9QXM", "TEA-B2ZP"],
    ]

    /// Endings in lower case.
    private static let numberKinds: [(String, NumberKind)] = [
        ("rating", .rating), ("score", .count), ("amount", .money), ("price", .money), ("value", .money),
        ("pointsbalance", .points),
        ("rewardcost", .points), ("points", .points), ("temperature", .degrees), ("sentiment", .share),
    ]
}
