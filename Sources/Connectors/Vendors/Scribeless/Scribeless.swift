internal import Flow
internal import Liquid

/// Scribeless's API: letters on paper, each of which costs money. Facts and sources: `Apps/scribeless/README.md`.
package struct Scribeless: VendorAPI {
    package let connector = "scribeless"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://platform.scribeless.co" }

    /// `add-recipient` → `POST /api/recipients`, for one recipient of a recurring campaign. There is no idempotency key
    /// and no list to look into, so whatever leaves a doubt is for a person.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let body: JSON = [
            "campaignId": .string(try call.needed("campaignId")), "data": [try Self.recipient(call)],
        ]
        let request = call.request(
            "POST", "/api/recipients", headers: [("X-API-Key", try call.credential("api_key"))], body: body)
        let recipient = try await call.send(request, Self.table)?.arrayValue?.first
        return .succeeded(returned: .compact(["id": recipient?["id"], "status": recipient?["status"]]))
    }

    private static func recipient(_ call: VendorCall) throws(EarlyEnd) -> JSON {
        var variables = try call.json("variables", "an object")?.objectValue ?? [:]
        // By it a person finds the letter of a run.
        variables["action_run_id"] = .string(call.id)
        return .compact([
            "firstName": .string(try call.needed("firstName")),
            "lastName": call.text("lastName").map { .string($0) },
            "company": call.text("company").map { .string($0) },
            "address": .compact([
                "address1": .string(try call.needed("addressLine")),
                "city": .string(try call.needed("city")),
                "state": call.text("region").map { .string($0) },
                "postalCode": .string(try call.needed("postalCode")),
                "country": .string(try country(call)),
            ]),
            "variables": .object(variables),
        ])
    }

    /// A letter to a country that can't be read would be paid for all the same.
    private static func country(_ call: VendorCall) throws(EarlyEnd) -> String {
        let text = try call.needed("country").uppercased()
        guard text.utf8.count == 2,
            text.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else {
            throw .rejected(
                "not sent: the input country should be a code of two letters, such as GB, not “\(text.prefix(40))”"
            )
        }
        return text
    }

    /// 2xx with anything but one recipient leaves the doubt whether there is a letter. 503 is what Scribeless says of
    /// too much traffic, and that it passes within five minutes.
    private static let table = AnswerTable(success: Set(200...299), unauthorized: [401, 403]) {
        response, body in
        switch response.status {
        case 200...299:
            guard let recipients = body?.arrayValue, recipients.count == 1, recipients[0]["id"] != nil else {
                return .retry(
                    "HTTP \(response.status), but not with one recipient: \(BodyExcerpt.make(of: response))",
                    .broken)
            }
            return nil
        case 503: return .retry(AnswerTable.reason(response), .busy)
        default: return nil
        }
    } wait: { response, _, _ in
        response.status == 503 && response.header("Retry-After") == nil ? .seconds(300) : nil
    }
}
