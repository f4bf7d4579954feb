internal import Flow
internal import Liquid

extension Klaviyo {
    /// `create-campaign`: three calls, each an attempt of its own, so that a repeat begins after the last one that is
    /// known to have worked. A second first call is a second campaign, a second third call may be a second mailing.
    ///
    /// Checkpoint: `{"campaign_id": "01G…", "message_id": "01H…"}`, then the same with `"template_assigned": true`.
    func createCampaign(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        guard let checkpoint = call.checkpoint else { return try await makeCampaign(call) }
        guard let campaign = checkpoint["campaign_id"]?.stringValue,
            let message = checkpoint["message_id"]?.stringValue
        else { return .rejected("not sent: the checkpoint names no campaign and message") }
        guard checkpoint["template_assigned"]?.boolValue == true else {
            return try await assignTemplate(call, campaign: campaign, message: message)
        }
        return try await sendCampaign(call, campaign: campaign)
    }

    /// `POST /api/campaigns` makes a draft. The template is needed later, but a draft without one helps nobody.
    private func makeCampaign(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome {
        _ = try call.needed("templateId")
        let content = JSON.compact([
            "subject": .string(try call.needed("subject")),
            "from_email": .string(try call.needed("fromEmail")),
            "from_label": call.text("fromName").map { .string($0) },
        ])
        let message: JSON = [
            "type": "campaign-message",
            "attributes": ["definition": ["channel": "email", "content": content]],
        ]
        let attributes: JSON = [
            "name": .string(call.text("campaignName") ?? "Sluice \(call.id)"),
            "audiences": ["included": [.string(try call.needed("listId"))]],
            "send_strategy": strategy(call),
            "campaign-messages": ["data": [message]],
        ]
        let body: JSON = ["data": ["type": "campaign", "attributes": attributes]]
        let answer = try await call.send(
            try request(call, "/api/campaigns", body), Self.table(success: 201))
        let data = answer?["data"]
        guard let campaignID = data?["id"]?.stringValue,
            let messageID = data?["relationships"]?["campaign-messages"]?["data"]?.arrayValue?.first?["id"]?
                .stringValue
        else {
            return .rejected("Klaviyo made a campaign, but its answer names no campaign and message")
        }
        return .ended(
            .proceeded(
                checkpoint: ["campaign_id": .string(campaignID), "message_id": .string(messageID)],
                done: "campaign \(campaignID) made"))
    }

    private func strategy(_ call: VendorCall) -> JSON {
        guard let time = call.text("sendAt") else { return ["method": "immediate"] }
        return ["method": "static", "datetime": .string(time)]
    }

    /// `POST /api/campaign-message-assign-template` gives the message a copy of the template. Doing it again puts
    /// another copy in its place, so nobody is asked first.
    private func assignTemplate(
        _ call: VendorCall, campaign: String, message: String
    ) async throws(EarlyEnd) -> VendorOutcome {
        let template: JSON = ["data": ["type": "template", "id": .string(try call.needed("templateId"))]]
        let body: JSON = [
            "data": [
                "type": "campaign-message", "id": .string(message), "relationships": ["template": template],
            ]
        ]
        try await call.send(
            try request(call, "/api/campaign-message-assign-template", body),
            Self.table(success: 200, isHarmless: true))
        return .ended(
            .proceeded(
                checkpoint: [
                    "campaign_id": .string(campaign), "message_id": .string(message),
                    "template_assigned": true,
                ], done: "template assigned to campaign \(campaign)"))
    }

    /// `POST /api/campaign-send-jobs` sends the draft, or schedules it.
    private func sendCampaign(_ call: VendorCall, campaign: String) async throws(EarlyEnd) -> VendorOutcome {
        let body: JSON = ["data": ["type": "campaign-send-job", "id": .string(campaign)]]
        try await call.send(
            try request(call, "/api/campaign-send-jobs", body), Self.table(success: 202))
        return .succeeded(returned: ["campaign_id": .string(campaign)])
    }
}
