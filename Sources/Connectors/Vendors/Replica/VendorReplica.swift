internal import Flow
internal import Liquid

/// A vendor's API as its documentation describes it, to answer requests without the vendor: for contract tests, and for
/// the mock vendor. Its file is `Apps/<id>/api.yaml`; what may stand there is in `Apps/README.md`.
///
/// Pure: what the vendor did before is for its user to remember.
package struct VendorReplica: Sendable {
    package let connector: String
    package let calls: [DocumentedCall]

    /// What came of a request.
    package struct Reply: Sendable {
        /// Nil where the API has no such call.
        package let call: DocumentedCall?
        /// Nil where the response is none of the documented ones.
        package let answer: DocumentedAnswer?
        package let response: VendorResponse
        /// What is wrong with the request; for whoever writes its sender.
        package let fault: String?
        /// The vendor did what it was asked.
        package let acted: Bool
    }

    /// - Parameters:
    ///   - hasActed: whether the vendor did this run's action before: what a look for it finds.
    ///   - choose: the name of the answer to a call that is asked as it should be; nil = the usual one.
    package func reply(
        to request: ReplicaRequest, hasActed: Bool, choose: (DocumentedCall) -> String?
    ) -> Reply {
        let path = request.path.split(separator: "/")
        guard let call = calls.first(where: { $0.isAsked(request.method, path) }) else {
            let fault = "\(connector) has no call \(request.method) \(request.path)"
            return Reply(
                call: nil, answer: nil, response: VendorResponse(status: 404, body: Array(fault.utf8)),
                fault: fault, acted: false)
        }
        if let fault = call.credentialFault(request) {
            return refusal(call, call.unauthorized, status: 401, fault, request)
        }
        if let fault = call.bodyFault(request) {
            return refusal(call, call.invalid, status: 400, fault, request)
        }
        let usual = hasActed ? call.success : call.missing ?? call.success
        let name = choose(call) ?? usual
        guard let answer = call.answer(name) else {
            let fault = "the call \(call.name) has no answer \(name)"
            return Reply(
                call: call, answer: nil, response: VendorResponse(status: 500, body: Array(fault.utf8)),
                fault: fault, acted: false)
        }
        let isSuccess = answer.meaning == .succeeded || answer.meaning == .proceeded
        return Reply(
            call: call, answer: answer, response: filled(answer.response, request), fault: nil,
            acted: call.acts && isSuccess)
    }

    private func refusal(
        _ call: DocumentedCall, _ name: String?, status: Int, _ fault: String, _ request: ReplicaRequest
    ) -> Reply {
        let answer = name.flatMap { call.answer($0) }
        let response =
            answer.map { filled($0.response, request) }
            ?? VendorResponse(status: status, body: Array(fault.utf8))
        return Reply(call: call, answer: answer, response: response, fault: fault, acted: false)
    }

    /// `{run}` in a body becomes the run's id.
    private func filled(_ response: VendorResponse, _ request: ReplicaRequest) -> VendorResponse {
        guard let run = request.run else { return response }
        let text = String(decoding: response.body, as: UTF8.self)
        return VendorResponse(
            status: response.status, headers: response.headers,
            body: Array(text.replacing("{run}", with: run).utf8))
    }
}

/// A request as it arrives at a vendor.
package struct ReplicaRequest: Sendable {
    package let method: String
    /// Below the base, without the query; as it was sent, still escaped.
    package let path: String
    package let query: [String: String]
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(
        method: String, path: String, query: [String: String], headers: [(name: String, value: String)],
        body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// - Parameter base: what the request's URL begins with.
    package init(_ request: VendorRequest, base: String) {
        let rest = request.url.hasPrefix(base) ? request.url.dropFirst(base.count) : request.url[...]
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: request.method, path: String(parts[0]),
            query: parts.count > 1 ? URLText.form(Array(parts[1].utf8)) : [:], headers: request.headers,
            body: request.body)
    }

    func header(_ name: String) -> String? { headers.first(named: name) }
    /// The action run that it is made for.
    package var run: String? { header("Idempotency-Key") }
}
