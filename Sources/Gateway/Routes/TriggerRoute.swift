import Connectors
import Flow
import Foundation
import Hummingbird
import Liquid

/// `POST /v1/stores/{store}/triggers/{connector}/{trigger}`: an app's event.
///
/// Whether the app is installed in the store is the matcher's to say, where everybody sees it.
struct TriggerRoute: Sendable {
    let desk: EventDesk

    func receive(_ request: Request, _ context: GatewayRequestContext) async throws -> Answer {
        let directory = desk.directory()
        let connector = try desk.connector(context.segment("connector"), in: directory)
        let store = try PathName.store(context.segment("store"))
        try authorize(request.headers[.authorization], connector.id, store, directory)
        let trigger = try self.trigger(context.segment("trigger"), of: connector)
        try desk.checkStore(store, in: directory)
        let id = try Self.eventID(request.header("Idempotency-Key"))
        return try await desk.places.take(for: "\(connector.id)@\(store)") {
            let body = try await request.wholeBody(upTo: desk.payloadLimit, what: "the payload")
            let payload = try Self.payload(body)
            let problems = trigger.validate(payload, types: connector.types)
            guard problems.isEmpty else {
                throw Problem.unprocessable(
                    "the payload does not fit \(connector.id)/\(trigger.handle)",
                    do: "correct it; sluice connectors show \(connector.id) has the fields", fields: problems)
            }
            let event = TriggerEvent(
                identity: EventIdentity(
                    source: connector.id, store: store, id: id,
                    trigger: TriggerReference(connector: connector.id, handle: trigger.handle)),
                payload: payload, time: UTCDate(secondsSince1970: desk.now()).isoText,
                traceParent: Self.traceParent(request.header("traceparent")))
            let record = event.record(desk.topics)
            // Numbers may be longer as they are written than as they came.
            guard record.value?.count ?? 0 <= desk.payloadLimit else {
                throw Problem.tooLarge(limit: desk.payloadLimit, what: "the payload")
            }
            let place = try await desk.send([record]).first ?? nil
            let outlook = EventOutlook(of: event, in: desk.directory())
            return Answer(
                status: 202,
                json: .compact(desk.receipt(event.identity, place).merging(outlook.members) { own, _ in own })
            )
        }
    }

    /// The same words whether the store, the connection or the token is wrong: outsiders learn nothing.
    private func authorize(
        _ header: String?, _ connector: String, _ store: String, _ directory: Directory
    ) throws(Problem) {
        let tokens = try desk.secrets.open(\.tokens, of: connector, store: store, in: directory)
        let parts = header?.split(separator: " ", maxSplits: 1) ?? []
        let token = parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
        // Also where there is nothing to compare with, so that it takes as long.
        let isRight = WebhookProof.isEqual(token, toOneOf: tokens.isEmpty ? ["-"] : tokens)
        guard isRight, !tokens.isEmpty, !token.isEmpty else {
            throw .unauthorized(
                "the bearer token is none of \(connector) for this store",
                do: "send Authorization: Bearer TOKEN, the ingest_token of the app's connection")
        }
    }

    private func trigger(_ segment: String?, of connector: ConnectorDefinition) throws(Problem)
        -> TriggerDefinition
    {
        let handle = try PathName.handle(segment, "trigger")
        guard let trigger = connector.trigger(handle) else {
            let known = connector.triggers.map(\.handle).joined(separator: ", ")
            throw .notFound(
                "\(connector.id) has no trigger \(handle)",
                do: known.isEmpty ? "it has none" : "it has \(known)")
        }
        return trigger
    }

    private static func eventID(_ header: String?) throws(Problem) -> String {
        guard let header else { return UUID().uuidString.lowercased() }
        let isFit =
            (1...255).contains(header.utf8.count) && header.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isFit else {
            throw .badRequest(
                "the Idempotency-Key is empty, longer than 255 bytes or not plain ASCII without spaces",
                do: "give each event an id of its own, the same when it is sent again")
        }
        return header
    }

    private static func payload(_ body: [UInt8]) throws(Problem) -> JSON {
        let payload: JSON
        do throws(JSONError) {
            payload = try JSONParser.parse(body, depthLimit: TriggerEvent.payloadDepth)
        } catch {
            throw .badRequest("the body is \(error)", do: "send the payload as a JSON object")
        }
        guard payload.objectValue != nil else {
            throw .badRequest(
                "the body is \(payload.kindName)",
                do: "send the payload as a JSON object of the trigger's fields")
        }
        return payload
    }

    /// W3C Trace Context; one that has another form is left out.
    private static func traceParent(_ header: String?) -> String? {
        guard let header, header.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/) != nil else {
            return nil
        }
        return header
    }
}
