internal import Flow
internal import Liquid

/// Looks through the newest cards of a list, archived ones too, for the one that carries a run's id.
///
/// It reads pages backwards in time until it finds the card, reaches cards older than the run's event or the end of the
/// list, or has read enough. A card that was moved to another list meanwhile is not found.
struct TrelloLookUp {
    /// Cards that are asked for at once: with descriptions of usual length they stay below what is read of an answer.
    private static let pageSize = 100
    private static let pageLimit = 10

    private let access: TrelloAccess
    private let list: String

    init(_ access: TrelloAccess, list: String) {
        self.access = access
        self.list = list
    }

    /// What the card's maker would have returned; nil where there is none.
    func find() async throws(EarlyEnd) -> JSON? {
        var size = Self.pageSize
        var before: String?
        for _ in 0..<Self.pageLimit {
            let answer = await page(of: size, before: before)
            if case .response(let response) = answer, response.isCut, size > 1 {
                size = max(size / 4, 1)
                continue
            }
            let cards = try Self.table.success(of: answer, now: access.call.time / 1000)?.arrayValue ?? []
            if let card = cards.first(where: { $0["desc"]?.stringValue?.contains(access.call.id) == true }) {
                return Trello.returned(card)
            }
            // Ids begin with the time, and all have one length.
            guard cards.count >= size, let oldest = cards.compactMap({ $0["id"]?.stringValue }).min(),
                oldest != before, !isBeforeEvent(oldest)
            else { return nil }
            before = oldest
        }
        return nil
    }

    private func page(of size: Int, before: String?) async -> VendorAnswer {
        var query: [VendorCall.Parameter] = [
            ("filter", "all"), ("fields", "desc,shortUrl"), ("limit", "\(size)"),
        ]
        if let before { query.append(("before", before)) }
        return await access.answer("GET", "/1/lists/\(URLText.segment(list))/cards", query: query)
    }

    /// Whether a card was made before the run's event: an id's first 8 digits are its second, in hexadecimal.
    private func isBeforeEvent(_ card: String) -> Bool {
        guard let notBefore = access.call.notBefore, card.utf8.count == 24,
            let second = Int64(card.prefix(8), radix: 16)
        else { return false }
        return second < notBefore
    }

    /// An answer that can't be read leaves the doubt.
    private static let table = Trello.answers(isHarmless: true) { body in
        body?.arrayValue == nil ? .retry("HTTP 200, but the answer is no list of cards", .broken) : nil
    }
}
