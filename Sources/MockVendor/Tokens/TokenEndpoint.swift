// POST /oauth/{connector}/token: where connections get their access tokens.

import HTTPTypes
import Hummingbird

/// Gives access tokens by the script.
struct TokenEndpoint: Sendable {
    let script: CurrentScript
    let performer: AnswerPerformer
    /// Seconds that an access token is good for.
    let lifetime: Int

    func receive(_ request: Request, context: VendorRequestContext) async throws -> Response {
        let connector = ActionRequest.cut(context.parameters.get("connector") ?? "")
        let entry = TokenRequest.entry(of: connector)
        guard let body = try await request.wholeBody() else {
            return await performer.refuse(entry, kind: .token, status: 413, Request.bodyFault, context)
        }
        let asked = TokenRequest(
            contentType: request.headers[.contentType], authorization: request.headers[.authorization],
            body: body)
        switch asked.grant {
        case .failure(let refusal):
            return await performer.refuse(entry, kind: .token, Deed(refusal), context)
        case .success(let grant):
            return await performer.finish(
                performer.log.accept(
                    grant, at: connector, lifetime: lifetime, script: script.value, time: performer.now()),
                context)
        }
    }
}
