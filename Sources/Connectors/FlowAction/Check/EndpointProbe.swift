package import Flow
internal import Liquid

/// One request of a check, in the order in which they go out.
///
/// All but the last carry one id, so that an app that keys on it acts once at most, even if it checks no signature.
package enum EndpointProbe: Hashable, Sendable {
    case unsigned
    case wronglySigned
    case signed
    /// The n-th time, from 1, that it is asked what became of a 202.
    case asked(Int)
    /// The same once more, after it was done.
    case repeated
    /// Without inputs that the action needs, under another id.
    case incomplete

    /// What signs in the place of the app's secret.
    private static let otherSecret = Array("not the secret of this app".utf8)

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - shopID: Shopify's number of the shop; left out of the body where it isn't known.
    package func request(
        for action: CheckedAction, endpoint: String, shopID: JSON?, secret: [UInt8], now: Int64,
        timeout: Duration
    ) throws(ConnectorsError) -> VendorRequest {
        let run = self == .incomplete ? action.incomplete ?? action.run : action.run
        let request = try FlowActionRequest.make(
            run: run, shopID: shopID, endpoint: endpoint,
            secrets: [self == .wronglySigned ? Self.otherSecret : secret], now: now, timeout: timeout)
        guard self == .unsigned else { return request }
        let signatures = [FlowSignature.header, WebhookSignature.signatureHeader]
        return VendorRequest(
            method: request.method, url: request.url,
            headers: request.headers.filter { !signatures.contains($0.name) }, body: request.body,
            timeout: timeout)
    }
}
