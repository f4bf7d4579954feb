internal import Flow
internal import Liquid

/// Trello's credentials go into the query, so whatever comes back is shown without them.
struct TrelloAccess {
    let call: VendorCall
    private let key: String
    private let token: String

    init(_ call: VendorCall) throws(EarlyEnd) {
        self.call = call
        key = try call.credential("key")
        token = try call.credential("token")
    }

    @discardableResult
    func send(
        _ method: String, _ path: String, query: [VendorCall.Parameter] = [], body: JSON? = nil,
        _ table: AnswerTable
    ) async throws(EarlyEnd) -> JSON? {
        try table.success(of: await answer(method, path, query: query, body: body), now: call.time / 1000)
    }

    /// The answer as it came, but for the credentials.
    func answer(
        _ method: String, _ path: String, query: [VendorCall.Parameter] = [], body: JSON? = nil
    ) async -> VendorAnswer {
        let all = [(name: "key", value: key), (name: "token", value: token)] + query
        return await call.send(call.request(method, path, query: all, headers: [], body: body))
            .hiding([key, token])
    }
}
