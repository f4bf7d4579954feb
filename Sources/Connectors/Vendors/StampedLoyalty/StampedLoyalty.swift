internal import Flow
internal import Liquid

/// Stamped's API, version 3: Loyalty 2.0. Facts and sources: `Apps/stamped-loyalty/README.md`.
package struct StampedLoyalty: VendorAPI {
    package let connector = "stamped-loyalty"

    /// Activities that are asked for at once: a page stays below what is read of an answer.
    private static let pageSize = 50
    /// Pages of the shop's activities that are looked through, at most: 1,000 activities.
    private static let pageLimit = 20

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://stamped.io" }

    /// `add-points` and `deduct-points` → `POST …/adjust-points`, which goes both ways. Its customer is known by an id of
    /// Stamped's own, so that is asked for first. Points are worth money, and there is no idempotency key: after a doubt
    /// the shop's activities are looked through.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let points = try call.wholeNumber("points", in: 1...1_000_000_000)
        let account = Account(
            shop: URLText.segment(try call.setting("shop_id")),
            headers: [("stamped-api-key", try call.credential("api_key"))])
        let customer = try await customerID(call, account)
        if call.mayHaveActed, let id = try await adjustedBefore(call, account, customer, points) {
            return .succeeded(returned: ["activityId": id, "customerId": .string(customer)])
        }
        let isDeduction = call.action == "deduct-points"
        let body: JSON = [
            "points": .integer(isDeduction ? -points : points), "reason": call.markedReason("reason"),
        ]
        let request = call.request(
            "POST", "\(account.loyalty)/customers/\(URLText.segment(customer))/adjust-points",
            headers: account.headers, body: body)
        let answer = try await call.send(request, Self.table { $0.objectValue != nil })
        return .succeeded(
            returned: .compact(["activityId": answer?["activityId"], "customerId": .string(customer)]))
    }

    private struct Account {
        /// Escaped.
        let shop: String
        let headers: [(name: String, value: String)]

        var loyalty: String { "/api/v3/loyalty/shops/\(shop)" }
    }

    private func customerID(_ call: VendorCall, _ account: Account) async throws(EarlyEnd) -> String {
        let request = call.request(
            "GET", "/api/v3/merchant/shops/\(account.shop)/customers/lookup",
            query: [("shopifyId", try call.storeID("customer_id"))], headers: account.headers)
        let answer = try await call.send(
            request, Self.table(isHarmless: true) { $0["customerId"]?.stringValue != nil })
        return answer?["customerId"]?.stringValue ?? ""
    }

    /// The list is of the whole shop and has no filter. Its first page is asked for without a number: sources differ
    /// on whether it is 0 or 1.
    ///
    /// - Returns: the id of the activity that is this run's; nil where there is none.
    private func adjustedBefore(
        _ call: VendorCall, _ account: Account, _ customer: String, _ points: Int64
    ) async throws(EarlyEnd) -> JSON? {
        var search = ActivitySearch(
            marker: call.id, customer: customer, points: points, notBefore: call.notBefore)
        var page: [VendorCall.Parameter] = []
        for _ in 0..<Self.pageLimit {
            let answer = try await call.send(
                call.request(
                    "GET", "\(account.loyalty)/activities", query: [("limit", "\(Self.pageSize)")] + page,
                    headers: account.headers),
                Self.table(isHarmless: true) { $0["activities"]?.arrayValue != nil })
            let activities = answer?["activities"]?.arrayValue ?? []
            if let id = search.found(in: activities) { return id }
            guard answer?["morePages"]?.boolValue == true, !search.isPast(activities) else {
                if search.isUnclear {
                    throw Self.unclear("a like activity doesn't tell whose it is")
                }
                return nil
            }
            guard let number = answer?["page"]?.integerValue else { break }
            page = [("page", String(number + 1))]
        }
        throw Self.unclear("the shop has too many activities to look through")
    }

    private static func unclear(_ why: String) -> EarlyEnd {
        .unclear(
            "an earlier attempt may have changed the points, and \(why); look at the customer's history in Stamped"
        )
    }

    // MARK: Answers

    /// - Parameter isExpected: whether the body of a 200 is what was asked for. The API's host is the website's, too.
    private static func table(
        isHarmless: Bool = false, _ isExpected: @escaping @Sendable (JSON) -> Bool
    ) -> AnswerTable {
        AnswerTable(success: [200], unauthorized: [401, 403], isHarmless: isHarmless) { response, body in
            switch response.status {
            case 200:
                if let body, isExpected(body) { return nil }
                return .retry(
                    "HTTP 200, but the answer is not Stamped's: \(BodyExcerpt.make(of: response))", .broken)
            case 400 where isAboutKey(body?["message"]?.stringValue):
                return .unauthorized(reason: AnswerTable.reason(response))
            default: return nil
            }
        }
    }

    /// Stamped's description labels 400 “Unauthorized”, for bodies that it can't use as well: the message tells which,
    /// and where there is none the label counts.
    private static func isAboutKey(_ message: String?) -> Bool {
        guard let message = message?.lowercased(), !message.isEmpty else { return true }
        return keyWords.contains { message.contains($0) }
    }

    private static let keyWords = [
        "unauthori", "api key", "api-key", "apikey", "authenticat", "access denied", "forbidden",
    ]
}
