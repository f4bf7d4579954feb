import Foundation

internal import Flow
internal import Liquid

/// dotdigital's API: contacts of its third generation, programmes and e-mail of its second. Facts and sources:
/// `Apps/dotdigital/README.md`.
package struct Dotdigital: VendorAPI {
    package let connector = "dotdigital"

    package init() {}

    /// An account lives in one region; the hosts of the others answer 403.
    package func base(_ settings: [String: String]) -> String? {
        guard let region = settings["region"], Self.regions.contains(region) else { return nil }
        return "https://\(region)-api.dotdigital.com"
    }

    private static let regions: Set = ["r1", "r2", "r3"]
    /// `int32` in the vendor's specifications.
    private static let ids = Int64(1)...Int64(Int32.max)

    package func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        switch call.action {
        case "create-or-update-contact": try await upsertContact(call)
        case "add-to-program": try await addToProgram(call)
        case "send-transactional-email": try await sendEmail(call)
        default: .rejected("not sent: dotdigital has no action \(call.action)")
        }
    }

    // MARK: Contacts

    /// `create-or-update-contact` → `PATCH /contacts/v3/email/{email}`. PUT would empty what isn't named.
    ///
    /// The status of the e-mail channel is consent, so it is sent only where the merchant gave it.
    private func upsertContact(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let email = try call.needed("email")
        let status = try call.flag("acceptsMarketing").map { $0 ? "subscribed" : "unsubscribed" }
        let names: [String: JSON] = [
            "firstName": call.text("firstName"), "lastName": call.text("lastName"),
        ].compactMapValues { $0.map { .string($0) } }
        let body = JSON.compact([
            "identifiers": ["email": .string(email)],
            "dataFields": names.isEmpty ? JSON?.none : .object(names),
            "channelProperties": status.map { ["email": ["status": .string($0)]] },
            "lists": try list(call),
        ])
        let request = try request(
            call, "PATCH", path(ofContact: email), query: [("merge-option", "overwrite")], body: body)
        let answer = try await call.send(request, Self.table(success: [200, 201]))
        return .succeeded(returned: .compact(["contact_id": answer?["contactId"]]))
    }

    private func list(_ call: VendorCall) throws(EarlyEnd) -> JSON? {
        guard call.text("addressBookId") != nil else { return nil }
        return [.integer(try call.wholeNumber("addressBookId", in: Self.ids))]
    }

    private func path(ofContact email: String) -> String {
        "/contacts/v3/email/\(URLText.segment(email))"
    }

    // MARK: Programmes

    /// `add-to-program`: programmes take contacts by their ids only, so the contact is looked up first, and enrolled in
    /// an attempt of its own. A contact that isn't there is not made: dotdigital would subscribe it.
    ///
    /// Checkpoint: `{"contact_id": 35212311}`.
    private func addToProgram(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let program = try call.wholeNumber("programId", in: Self.ids)
        guard let checkpoint = call.checkpoint else { return try await findContact(call) }
        guard let contact = checkpoint["contact_id"]?.integerValue else {
            return .rejected("not sent: the checkpoint names no contact")
        }
        let body: JSON = ["programId": .integer(program), "contacts": [.integer(contact)]]
        let answer = try await call.send(
            try request(call, "POST", "/v2/programs/enrolments", body: body), Self.table(success: [201]))
        return .succeeded(
            returned: .compact([
                "contact_id": .integer(contact), "enrolment_id": answer?["id"], "status": answer?["status"],
            ]))
    }

    private func findContact(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let path = path(ofContact: try call.needed("email"))
        let answer = try await call.send(
            try request(call, "GET", path), Self.table(success: [200], isHarmless: true))
        guard let contact = answer?["contactId"]?.integerValue else {
            return .rejected("dotdigital found a contact, but its answer names no contactId")
        }
        return .ended(
            .proceeded(checkpoint: ["contact_id": .integer(contact)], done: "contact \(contact) found"))
    }

    // MARK: E-mail

    /// `send-transactional-email` → `POST /v2/email/triggered-campaign`.
    private func sendEmail(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        let campaign = try call.wholeNumber("campaignId", in: Self.ids)
        let values = try call.json("personalisation", "an object")?.objectValue ?? [:]
        let body = JSON.compact([
            "toAddresses": [.string(try call.needed("email"))],
            "campaignId": .integer(campaign),
            "personalizationValues": values.isEmpty ? nil : .array(pairs(values)),
            "metadata": ["action_run_id": .string(call.id)],
        ])
        try await call.send(
            try request(call, "POST", "/v2/email/triggered-campaign", body: body), Self.emailTable)
        return .succeeded(returned: nil)
    }

    /// In the order of their names, so that each attempt has the same bytes.
    private func pairs(_ values: [String: JSON]) -> [JSON] {
        values.sorted { $0.key < $1.key }.map { name, value in
            ["name": .string(name), "value": .string(value.stringValue ?? value.jsonText)]
        }
    }

    // MARK: Requests

    private func request(
        _ call: VendorCall, _ method: String, _ path: String, query: [VendorCall.Parameter] = [],
        body: JSON? = nil
    ) throws(EarlyEnd) -> VendorRequest {
        let user = "\(try call.credential("api_user")):\(try call.credential("api_password"))"
        return call.request(
            method, path, query: query,
            headers: [("Authorization", "Basic \(Data(user.utf8).base64EncodedString())")], body: body)
    }
}
