internal import Flow
internal import Liquid

/// Nosto's GraphQL API. Facts and sources: `Apps/nosto/README.md`.
package struct Nosto: VendorAPI {
    package let connector = "nosto"

    package init() {}

    package func base(_ settings: [String: String]) -> String? { "https://api.nosto.com" }

    /// `add-customer-to-segment` → the mutation `upsertIdentity`. There is no call that puts somebody into a segment: an
    /// attribute is set, on which the merchant builds the segment. An attribute has one value, so each segment gets an
    /// attribute of its own unless the merchant names one for all.
    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        guard Self.isPrivate(call.base) else {
            throw .rejected(
                "not sent: Nosto revokes a key that is sent without TLS, and the base is no https URL")
        }
        let email = try call.needed("email")
        let segment = try call.needed("segmentId")
        let attribute = call.settings["attribute"]
        let query = Self.upsert(
            email: email, attribute: attribute ?? "flow-segment-\(segment)",
            value: attribute == nil ? "true" : segment)
        let token = Base64.text(Array(":\(try call.credential("api_token"))".utf8))
        let answer = try await call.send(
            call.request(
                "POST", "/v1/graphql", headers: [("Authorization", "Basic \(token)")],
                body: ["query": .string(query)]), Self.table)
        return .succeeded(returned: .compact(["email": answer?["data"]?["upsertIdentity"]?["email"]]))
    }

    /// Whether nobody on the way can read what is sent: TLS, or this machine.
    static func isPrivate(_ base: String) -> Bool {
        if base.lowercased().hasPrefix("https://") { return true }
        let host = base.lowercased().trimmingPrefix("http://").prefix { $0 != "/" }
        return ["127.0.0.1", "localhost", "[::1]"].contains { host == $0 || host.hasPrefix("\($0):") }
    }

    /// Nosto's documents show the mutation with its values inside, and don't name the input's type, which variables
    /// would need.
    static func upsert(email: String, attribute: String, value: String) -> String {
        "mutation { upsertIdentity(identity: {email: \(literal(email)), attributes: [{name: \(literal(attribute)),"
            + " value: \(literal(value))}]}) { email attributes { name value } } }"
    }

    /// A string of GraphQL: its escapes are those of JSON, and a quoted one can't be left early.
    static func literal(_ text: String) -> String { JSON.string(text).jsonText }

    /// GraphQL tells of errors with HTTP 200.
    private static let table = AnswerTable(success: [200], unauthorized: [401, 403]) { response, body in
        guard response.status == 200 else { return nil }
        if let errors = body?["errors"]?.arrayValue, !errors.isEmpty {
            let texts = errors.prefix(3).map { $0["message"]?.stringValue ?? $0.jsonText }
            return .rejected("Nosto says \(texts.joined(separator: "; "))")
        }
        guard body?["data"]?["upsertIdentity"]?.objectValue != nil else {
            return .rejected(
                "HTTP 200, but Nosto did not say that it took the identity: \(BodyExcerpt.make(of: response))"
            )
        }
        return nil
    }
}
