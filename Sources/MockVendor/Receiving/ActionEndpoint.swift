// POST /flow/{connector}: what an app's action endpoint does with a request, in five steps: read, check, enter in
// the log, write the log, answer.

import Connectors
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Receives action runs and answers them by the script.
struct ActionEndpoint: Sendable {
    /// Bytes of a request's body; more is answered with 413.
    static let bodyLimit = 1_048_576

    let secrets: [[UInt8]]
    let script: CurrentScript
    let log: DeliveryLog
    let file: LogFile?
    let connections: OpenConnections
    let silenceLimit: Duration
    let now: @Sendable () -> Int64

    func receive(_ request: Request, context: VendorRequestContext) async throws -> Response {
        let connector = context.parameters.get("connector") ?? ""
        let body: [UInt8]
        do {
            body = Array(buffer: try await request.body.collect(upTo: Self.bodyLimit))
        } catch is NIOTooManyBytesError {
            let unread = ActionRequest(connector: connector, body: [])
            return await refuse(
                unread, signature: nil, status: 413, "the body is larger than \(Self.bodyLimit) bytes",
                context)
        }
        let action = ActionRequest(connector: connector, body: body)
        let signatureFault = signatureFault(of: request, body: body)
        let signature = secrets.isEmpty ? nil : signatureFault == nil
        if let signatureFault {
            return await refuse(action, signature: signature, status: 401, signatureFault, context)
        }
        if let problem = action.problem {
            return await refuse(action, signature: signature, status: 400, problem, context)
        }
        let (sequence, answer) = log.accept(action, script: script.value, signature: signature, time: now())
        await writeLog(context.logger)
        let response = await perform(answer, on: context.channel)
        if answer.takesTime {
            let isSuccess = answer.finalStatus == 200 && connections.isListening(context.channel)
            log.noteEnd(of: action, sequence: sequence, time: now(), isSuccess: isSuccess)
        }
        return response
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

    /// Does what the answer says. Where it ends with a closed connection, the response is written to nobody.
    private func perform(_ answer: ScriptedAnswer, on channel: any Channel) async -> Response {
        switch answer {
        case .respond(let canned):
            return Response(canned, now: now())
        case .slow(let delay, let then):
            // Cancelled by shutdown or with the server: both end the wait, and the answer follows at once.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: delay) }
            return await perform(then, on: channel)
        case .noAnswer:
            await connections.keepSilent(channel, limit: silenceLimit)
        case .close:
            channel.close(promise: nil)
        }
        return Response(status: .internalServerError)
    }

    private func refuse(
        _ action: ActionRequest, signature: Bool?, status: Int, _ fault: String,
        _ context: VendorRequestContext
    ) async -> Response {
        log.refuse(action, status: status, signature: signature, time: now())
        await writeLog(context.logger)
        return Response(plain: "\(fault)\n", status: status)
    }

    private func writeLog(_ logger: Logger) async {
        guard let file else { return }
        do {
            try await file.append { log.takeLines() }
        } catch {
            logger.warning("log file not written", metadata: [VendorLogKeys.error: "\(error)"])
        }
    }
}
