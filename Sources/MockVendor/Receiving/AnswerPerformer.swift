// The last steps at every door: the log's line reaches the file, and then the answer is sent.

import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Does with a request what was decided about it.
struct AnswerPerformer: Sendable {
    let log: DeliveryLog
    let file: LogFile?
    let connections: OpenConnections
    let silenceLimit: Duration
    let now: @Sendable () -> Int64

    func finish(_ acceptance: Acceptance, _ context: VendorRequestContext) async -> Response {
        await writeLog(context.logger)
        let response = await perform(acceptance.deed, on: context.channel)
        if acceptance.deed.takesTime {
            log.noteEnd(
                of: acceptance, time: now(), isListening: connections.isListening(context.channel))
        }
        return response
    }

    /// Refuses a request that no script is asked about.
    func refuse(
        _ action: ActionRequest, kind: DeliveryEntry.Kind = .delivery, status: Int, _ fault: String,
        signature: Bool? = nil, _ context: VendorRequestContext
    ) async -> Response {
        await refuse(
            action, kind: kind, Deed(refusal: fault, status: status), signature: signature, context)
    }

    func refuse(
        _ action: ActionRequest, kind: DeliveryEntry.Kind, _ deed: Deed, signature: Bool? = nil,
        _ context: VendorRequestContext
    ) async -> Response {
        await finish(
            log.refuse(action, kind: kind, deed, signature: signature, time: now()), context)
    }

    /// Where it ends with a closed connection, the response is written to nobody.
    private func perform(_ deed: Deed, on channel: any Channel) async -> Response {
        if deed.delay > .zero {
            // Cancelled by shutdown or with the server: both end the wait, and the answer follows at once.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: deed.delay) }
        }
        switch deed.end {
        case .respond(let canned): return Response(canned, now: now())
        case .silence: await connections.keepSilent(channel, limit: silenceLimit)
        case .close: channel.close(promise: nil)
        }
        return Response(status: .internalServerError)
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
