package import Flow
internal import Liquid

/// Flow's request to carry out an action, as its apps expect it, byte for byte the same for each attempt of a run
/// but for the time of signing.
package enum FlowActionRequest {
    /// - Parameters:
    ///   - shopID: Shopify's number of the shop; left out of the body where it isn't known.
    ///   - endpoint: the app's registered URL.
    ///   - secrets: the app's signing keys, newest first. The Flow header has room for one signature, the newest
    ///     key's; the Standard Webhooks header carries one for each.
    ///   - now: seconds since 1970.
    /// - Throws: `noSigningKey`; an unsigned request is never made.
    package static func make(
        run: ActionRun, shopID: JSON?, endpoint: String, secrets: [[UInt8]], now: Int64,
        timeout: Duration = .seconds(10)
    ) throws(ConnectorsError) -> VendorRequest {
        guard let newest = secrets.first, !secrets.contains(where: \.isEmpty) else {
            throw .noSigningKey(connector: run.action.connector, store: run.store)
        }
        let id = run.id.description
        let body = body(of: run, id: id, shopID: shopID).jsonBytes
        let headers = [
            (name: "Content-Type", value: "application/json"),
            (name: FlowSignature.header, value: FlowSignature.make(body: body, secret: newest)),
            (name: WebhookSignature.idHeader, value: id),
            (name: WebhookSignature.timestampHeader, value: String(now)),
            (
                name: WebhookSignature.signatureHeader,
                value: WebhookSignature.make(id: id, timestamp: now, body: body, secrets: secrets)
            ),
            (name: "Idempotency-Key", value: id),
        ]
        return VendorRequest(method: "POST", url: endpoint, headers: headers, body: body, timeout: timeout)
    }

    /// Flow's older `action_definition_id` is the handle here: Sluice has no other id of an action.
    private static func body(of run: ActionRun, id: String, shopID: JSON?) -> JSON {
        .compact([
            "shop_id": shopID,
            "shopify_domain": .string(run.store),
            "action_run_id": .string(id),
            "action_definition_id": .string(run.action.handle),
            "handle": .string(run.action.handle),
            "step_reference": .string(run.stepID),
            "properties": .object(run.properties),
        ])
    }
}
