// POST /flow/{connector}: what an app's action endpoint does with a request, in four steps: read, check, enter in the
// log, answer.

import Connectors
import Hummingbird
import NIOCore

/// Receives action runs and answers them by the script.
struct ActionEndpoint: Sendable {
    let secrets: [[UInt8]]
    let script: CurrentScript
    let performer: AnswerPerformer

    func receive(_ request: Request, context: VendorRequestContext) async throws -> Response {
        let connector = context.parameters.get("connector") ?? ""
        guard let body = try await request.wholeBody() else {
            let unread = ActionRequest(connector: connector, body: [])
            return await performer.refuse(unread, status: 413, Request.bodyFault, context)
        }
        let action = ActionRequest(connector: connector, body: body)
        let signatureFault = signatureFault(of: request, body: body)
        let signature = secrets.isEmpty ? nil : signatureFault == nil
        if let signatureFault {
            return await performer.refuse(action, status: 401, signatureFault, signature: signature, context)
        }
        if let problem = action.problem {
            return await performer.refuse(action, status: 400, problem, signature: signature, context)
        }
        let acceptance = performer.log.accept(
            action, script: script.value, signature: signature, time: performer.now())
        return await performer.finish(acceptance, context)
    }

    /// What is wrong with the signature; nil where it is right or where there is no secret to check with.
    private func signatureFault(of request: Request, body: [UInt8]) -> String? {
        guard !secrets.isEmpty else { return nil }
        let name = FlowSignature.header.lowercased()
        guard let header = request.headers.first(where: { $0.name.canonicalName == name })?.value else {
            return "\(FlowSignature.header) is missing"
        }
        let isValid = FlowSignature.verify(body: body, header: header, secrets: secrets)
        return isValid ? nil : "\(FlowSignature.header) fits no secret of this app"
    }
}
