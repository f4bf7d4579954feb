internal import Flow
internal import Liquid

/// LoyaltyLion's Admin API, version 2. Facts and sources: `Apps/loyaltylion/README.md`.
///
/// `change-tier` is no part of it: LoyaltyLion offers that to Flow only.
package struct LoyaltyLion: VendorAPI {
    package let connector = "loyaltylion"

    /// Pages of a customer's transactions that are looked through, at most: 500 transactions since its event.
    private static let pageLimit = 10

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://api.loyaltylion.com" }

    /// `add-points` → `POST /v2/customers/{merchant_id}/points`. Points are worth money, and there is no idempotency
    /// key: after a doubt the customer's transactions are looked through first.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let customer = "/v2/customers/\(URLText.segment(try call.storeID("customer_id")))"
        let points = try call.wholeNumber("points", in: 1...1_000_000)
        let headers = [(name: "Authorization", value: try call.bearer(or: "api_key"))]
        if call.mayHaveActed, let id = try await grantedBefore(call, customer, points, headers) {
            return .succeeded(returned: ["transaction_id": id])
        }
        let body: JSON = ["points": .integer(points), "reason": call.markedReason("reason")]
        try await call.send(
            call.request("POST", "\(customer)/points", headers: headers, body: body), Self.points)
        // The answer is the empty text, so there is nothing to give to later steps.
        return .succeeded(returned: nil)
    }

    /// - Returns: the id of the transaction that granted this run's points; nil where there is none.
    private func grantedBefore(
        _ call: VendorCall, _ customer: String, _ points: Int64, _ headers: [(name: String, value: String)]
    ) async throws(EarlyEnd) -> JSON? {
        var search = TransactionSearch(marker: call.id, points: points)
        var query: [VendorCall.Parameter] = [("limit", "50")]
        if let start = call.notBefore {
            query.append(("created_at_min", UTCDate(secondsSince1970: start).isoText))
        }
        var page: [VendorCall.Parameter] = []
        for _ in 0..<Self.pageLimit {
            let answer = try await call.send(
                call.request("GET", "\(customer)/transactions", query: query + page, headers: headers),
                Self.transactions)
            if let id = search.found(in: answer?["transactions"]?.arrayValue ?? []) { return id }
            guard let next = answer?["cursor"]?["next"]?.stringValue, !next.isEmpty else {
                if search.isUnclear { throw Self.unclear("a like adjustment lists no reason") }
                return nil
            }
            page = [("cursor", next)]
        }
        throw Self.unclear("the customer has too many transactions to look through")
    }

    private static func unclear(_ why: String) -> EarlyEnd {
        .unclear(
            "an earlier attempt may have added the points, and \(why); look at the customer's history in LoyaltyLion"
        )
    }

    /// 201 is documented, 200 with JSON would be no failure either. Of any other 2xx nobody knows whether it is
    /// LoyaltyLion's, so a look follows. 403 = the key lacks the scope.
    private static let points = AnswerTable(success: [200, 201], unauthorized: [401, 403]) { response, body in
        switch response.status {
        case 201: nil
        case 200 where body != nil: nil
        case 200...299: .retry("\(AnswerTable.reason(response)) (not LoyaltyLion's)", .broken)
        default: nil
        }
    }

    /// Without a list nothing is known.
    private static let transactions = AnswerTable(
        success: [200], unauthorized: [401, 403], isHarmless: true
    ) { response, body in
        guard response.status == 200, body?["transactions"]?.arrayValue == nil else { return nil }
        return .retry("HTTP 200, but no list of transactions: \(BodyExcerpt.make(of: response))", .broken)
    }
}
