// What becomes of a request at each door: Flow's protocol, the vendors' public APIs, and their token endpoints. Each
// chooses the answer and enters it in one step, so that two requests never take the same answer or the same token.

import Connectors
import Flow
import Liquid

extension DeliveryLog {
    /// Flow's protocol: the answer is chosen by the number of attempts seen of the run.
    func accept(
        _ request: ActionRequest, script: VendorScript, signature: Bool?, time: Int64
    ) -> Acceptance {
        enter { state in
            let run = state.runs.countAttempt(of: request.runID)
            let answer = script.answer(
                connector: request.connector, handle: request.handle, store: request.store,
                runID: request.runID, attempt: run.attempts)
            return admit(
                request, attempt: run.attempts, of: (request.runID, run), deed: Deed(flow: answer),
                signature: signature, time: time, in: &state)
        }
    }

    /// A vendor's public API: what doesn't fit its description is refused as the vendor would; of the rest the answer is
    /// chosen by the number of times that the call was made for the run. A request without a run is always the first.
    ///
    /// - Parameters:
    ///   - properties: the request's body as JSON, for the log.
    ///   - accessToken: of its `Authorization: Bearer`.
    func accept(
        _ request: ReplicaRequest, at replica: VendorReplica, accessToken: String?, properties: [UInt8],
        script: VendorScript, time: Int64
    ) -> Acceptance {
        let connector = replica.connector
        let id = request.run ?? ""
        let key = id.isEmpty ? nil : RunMemory.key(id, at: connector)
        return enter { state in
            let tokenFault = state.tokens.fault(of: accessToken, at: connector, now: time)
            let hasActed = key.map { state.runs.hasActed(for: $0) } ?? false
            var visit: (run: RunMemory.Run, answer: ScriptedAnswer)?
            let reply = replica.reply(to: request, hasActed: hasActed) { call in
                guard tokenFault == nil else { return call.unauthorized }
                let run = key.map { state.runs.count(call.name, of: $0, isDelivery: !call.isLookUp) }
                let answer = script.answer(
                    connector: connector, names: call.names, runID: id,
                    attempt: run?.calls[call.name]?.attempts ?? 1)
                visit = (run ?? RunMemory.Run(), answer)
                return answer.documentedName
            }
            let call = reply.call
            let entry = ActionRequest(
                connector: connector, handle: call?.handle ?? "", store: "", runID: id,
                propertiesJSON: properties)
            guard let visit, let call else {
                let deed = Deed(refusal: reply, tokenFault: tokenFault)
                return refuse(entry, call: call?.name, deed: deed, time: time, in: &state)
            }
            return admit(
                entry, kind: call.isLookUp ? .lookUp : .delivery, call: call.name,
                attempt: visit.run.calls[call.name]?.attempts ?? 1,
                of: key.map { (key: $0, value: visit.run) },
                deed: Deed(visit.answer, reply: reply), time: time, in: &state)
        }
    }

    /// A token endpoint: the answer is chosen by the number of requests that came to it.
    ///
    /// - Parameter lifetime: seconds that an access token is good for.
    func accept(
        _ grant: TokenRequest.Grant, at connector: String, lifetime: Int, script: VendorScript, time: Int64
    ) -> Acceptance {
        enter { state in
            let key = RunMemory.key("\n\(TokenRequest.handle)", at: connector)
            let attempt = state.runs.countAttempt(of: key).attempts
            let answer = script.tokenAnswer(connector: connector, attempt: attempt)
            let deed = Deed(token: answer, lifetime: lifetime) { rotates in
                var generator = SystemRandomNumberGenerator()
                return state.tokens.give(
                    for: grant, at: connector, until: time + Int64(lifetime) * 1000, rotates: rotates,
                    using: &generator)
            }
            state.stats.refreshes += deed.acts ? 1 : 0
            return admit(
                TokenRequest.entry(of: connector), kind: .token, attempt: attempt, of: nil, deed: deed,
                time: time, in: &state)
        }
    }
}
