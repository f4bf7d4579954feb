internal import Flow
internal import Liquid

/// Klevu's indexing API, version 2. Facts and sources: `Apps/klevu/README.md`; how sure they are: little.
package struct Klevu: VendorAPI {
    package let connector = "klevu"

    private static let path = "/v2/batch"

    package init() {}

    /// The account's indexing URL, with or without scheme and path, as Klevu shows it; else the host that all accounts
    /// had when this was written.
    package func base(_ settings: [String: String]) -> String? {
        guard let url = settings["indexing_url"] else { return "https://indexing.ksearchnet.com" }
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        let host = rest.prefix { $0 != "/" }
        return host.isEmpty ? nil : "https://\(host)"
    }

    /// `promote-or-demote-product` → `PATCH /v2/batch`, one record. A job: Klevu does it later, and doesn't say when.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let record = try call.storeID(call.text("variantId") == nil ? "product_id" : "variantId")
        let body: JSON = [
            record: [["op": "add", "path": .string(try Self.pointer(call)), "value": try Self.boost(call)]]
        ]
        let answer = try await call.send(try Self.signed(call, body), Self.table)
        return .succeeded(returned: .compact(["jobId": answer?["jobId"]]))
    }

    /// Signed now: the signature is good for ten minutes, so no signed request may lie about.
    private static func signed(_ call: VendorCall, _ body: JSON) throws(EarlyEnd) -> VendorRequest {
        let signature = KlevuSignature(
            method: "PATCH", path: path(below: call.base), query: "",
            timestamp: UTCDate(secondsSince1970: call.time / 1000).isoText,
            apiKey: try call.credential("js_api_key"), body: body.jsonBytes)
        return call.request(
            signature.method, path,
            headers: signature.headers + [
                ("Authorization", "Bearer \(signature.text(key: try call.credential("rest_auth_key")))")
            ], body: body)
    }

    /// The path as it is in the URL: a base of one's own may have one, too.
    private static func path(below base: String) -> String {
        let rest = base.split(separator: "://", maxSplits: 1).last ?? ""
        return "\(rest.drop { $0 != "/" })\(path)"
    }

    /// Where in the record the boost stands, as a JSON pointer.
    private static func pointer(_ call: VendorCall) throws(EarlyEnd) -> String {
        let pointer = call.settings["boosting_path"] ?? "/attributes/boosting"
        guard pointer.hasPrefix("/") else {
            throw .rejected(
                "not sent: the setting boosting_path should begin with a slash, not be “\(pointer)”")
        }
        return pointer
    }

    private static func boost(_ call: VendorCall) throws(EarlyEnd) -> JSON {
        _ = try call.needed("boostingScore")
        let score: Double? =
            switch try call.number("boostingScore") {
            case .integer(let number)?: Double(number)
            case .decimal(let number)?: number
            default: nil
            }
        guard let score, (0...999).contains(score), let number = try call.number("boostingScore") else {
            throw .rejected(
                "not sent: the input boostingScore should be from 0 to 999; above 1 moves a product up")
        }
        return number
    }

    /// What stands for no errors.
    private static let noErrors: [JSON] = [.null, .array([]), .object([:]), .string("")]

    /// Errors may stand in a 2xx, too.
    private static let table = AnswerTable(success: Set(200...299), unauthorized: [401, 403]) {
        response, body in
        guard (200...299).contains(response.status) else { return nil }
        guard let body, body.objectValue != nil else {
            return .retry(
                "HTTP \(response.status), but the answer is not Klevu's: \(BodyExcerpt.make(of: response))",
                .broken)
        }
        guard let errors = body["errors"], !noErrors.contains(errors) else { return nil }
        return .rejected("Klevu says \(errors.jsonText.prefix(400))")
    }
}
