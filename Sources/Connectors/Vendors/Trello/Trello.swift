internal import Flow
internal import Liquid

/// Trello's REST API. Facts and sources: `Apps/trello/README.md`.
package struct Trello: VendorAPI {
    package let connector = "trello"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://api.trello.com" }

    /// `create-card` → `POST /1/cards`. Where an earlier attempt may have made the card, its list is looked through first.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let access = try TrelloAccess(call)
        let list = try call.needed("listId")
        let card = JSON.compact([
            "idList": .string(list),
            "name": .string(try call.needed("name")),
            "desc": .string(TrelloDescription.text(call.text("description"), run: call.id)),
            "due": call.text("due").map { .string($0) },
            "pos": call.text("position").map { .string($0) },
            "idLabels": Self.list(call.items("labelIds")),
            "idMembers": Self.list(call.items("memberIds")),
            "urlSource": call.text("urlSource").map { .string($0) },
        ])
        if call.mayHaveActed, let made = try await TrelloLookUp(access, list: list).find() {
            return .succeeded(returned: made)
        }
        let answer = try await access.send("POST", "/1/cards", body: card, Self.table)
        return .succeeded(returned: Self.returned(answer))
    }

    /// What later steps may read of a card.
    static func returned(_ card: JSON?) -> JSON {
        .compact(["id": card?["id"], "shortUrl": card?["shortUrl"]])
    }

    private static func list(_ items: [String]) -> JSON? {
        items.isEmpty ? nil : .array(items.map { .string($0) })
    }

    private static let table = answers { body in
        body?["id"]?.stringValue == nil
            ? .rejected("HTTP 200, but the answer is no card of Trello's") : nil
    }

    /// Errors are JSON or plain text; both are shown as they are.
    ///
    /// - Parameter fault: what a success without the expected body comes to; nil = it is as expected.
    static func answers(
        isHarmless: Bool = false, fault: @escaping @Sendable (_ body: JSON?) -> VendorOutcome?
    ) -> AnswerTable {
        AnswerTable(
            success: [200], isHarmless: isHarmless,
            look: { response, body in
                switch response.status {
                case 200: fault(body)
                // The token is good, but not for this board: no matter of the connection's others.
                case 401 where BodyExcerpt.make(of: response).contains("permission requested"):
                    .rejected(AnswerTable.reason(response))
                case 449: failedPart(response, body)
                default: nil
                }
            },
            wait: { response, _, _ in
                // Both limits count in windows of 10 s. Nobody says when one began, so a whole one is waited for.
                response.status == 429 && response.header("Retry-After") == nil ? .seconds(10) : nil
            })
    }

    /// 449: a request that Trello makes within ours failed, and another part may have been done.
    private static func failedPart(_ response: VendorResponse, _ body: JSON?) -> VendorOutcome {
        let reason = AnswerTable.reason(response)
        switch body?["originalStatus"]?.integerValue {
        case 429: return .retry(reason, .broken)
        // Also 401: Trello took the token for the request around it.
        default: return .rejected(reason)
        }
    }
}
