internal import Flow
internal import Liquid

/// Looks through a customer's LoyaltyLion transactions for the points that a run has added.
///
/// LoyaltyLion's pages name a transaction's `adjustment`, but not the members of that, so it isn't sure that the reason,
/// which holds our marker, is listed. The marker counts wherever it stands; an adjustment by as many points that says
/// nothing of its reason may be ours.
struct TransactionSearch {
    let marker: String
    let points: Int64
    /// Something was seen that may be what is looked for, or not.
    private(set) var isUnclear = false

    init(marker: String, points: Int64) {
        self.marker = marker
        self.points = points
    }

    /// - Returns: the id of the transaction that is looked for.
    mutating func found(in transactions: [JSON]) -> JSON? {
        for transaction in transactions {
            if transaction.jsonText.contains(marker) { return transaction["id"] ?? .null }
            if mayBeOurs(transaction) { isUnclear = true }
        }
        return nil
    }

    private func mayBeOurs(_ transaction: JSON) -> Bool {
        guard transaction["resource"]?.stringValue == "adjustment",
            transaction["points_approved"]?.integerValue == points
        else { return false }
        return transaction["reason"] == nil && transaction["adjustment"]?["reason"] == nil
    }
}
