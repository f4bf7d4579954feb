// What a scripted answer comes to at a vendor's public API.

import Connectors

extension Deed {
    /// `ok`, `lost` and `vendor` are up to the vendor's description; whatever else stands in a script is sent as it is, and
    /// nothing is done.
    ///
    /// - Parameter reply: to the request with the answer that the script names, or the usual one.
    init(_ answer: ScriptedAnswer, reply: VendorReplica.Reply) {
        switch answer.last {
        case .ok, .vendor:
            self.init(CannedResponse(reply.response))
            acts = reply.acted
            succeeds = reply.answer?.meaning == .succeeded
            fault = reply.fault
        case .lost:
            self.init(asItStands: .lost)
            acts = reply.acted
        case .respond, .slow, .noAnswer, .close:
            self.init(asItStands: answer.last)
        }
        delay = answer.delay
    }

    /// The vendor's answer to a request that doesn't fit its description.
    ///
    /// - Parameter tokenFault: what is wrong with an access token that looks as it should.
    init(refusal reply: VendorReplica.Reply, tokenFault: String?) {
        if let tokenFault, reply.fault == nil, reply.call?.unauthorized == nil {
            self.init(refusal: tokenFault, status: 401)
        } else {
            self.init(CannedResponse(reply.response))
            fault = reply.fault ?? tokenFault
        }
    }
}

extension ScriptedAnswer {
    /// The documented answer that is named; nil for the usual one.
    var documentedName: String? {
        if case .vendor(let name) = last { name } else { nil }
    }
}

extension CannedResponse {
    /// A documented answer; its bytes were written as text.
    init(_ response: VendorResponse) {
        self.init(
            status: response.status,
            contentType: response.header("Content-Type") ?? "text/plain; charset=utf-8",
            body: String(decoding: response.body, as: UTF8.self),
            headers: response.headers.map { Header(name: $0.name, value: $0.value) })
    }
}
