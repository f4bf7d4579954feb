import Connectors
import Flow
import Hummingbird
import Liquid

/// `POST /v1/stores/{store}/triggers/{connector}/{trigger}`: an app's event.
///
/// Whether the app is installed in the store is the matcher's to say, where everybody sees it.
struct TriggerRoute: Sendable {
    let desk: EventDesk

    func receive(_ request: Request, _ context: GatewayRequestContext) async throws -> Answer {
        guard request.header("Authorization") != nil else { throw Self.noToken }
        let directory = desk.directory()
        let connector = try desk.connector(context.segment("connector"), in: directory)
        let store = try PathName.store(context.segment("store"))
        try authorize(request.bearerToken, connector.id, store, directory)
        let trigger = try self.trigger(context.segment("trigger"), of: connector)
        try desk.checkStore(store, in: directory)
        let id = try request.eventID()
        return try await desk.places.take(for: "\(connector.id)@\(store)") {
            let body = try await request.wholeBody(upTo: desk.payloadLimit, what: "the payload")
            let payload = try Self.payload(body)
            let problems = trigger.validate(payload, types: connector.types)
            guard problems.isEmpty else {
                throw Problem.unprocessable(
                    "the payload does not fit \(connector.id)/\(trigger.handle)",
                    do: "correct it; sluice connectors show \(connector.id) has the fields", fields: problems)
            }
            let event = desk.event(
                trigger, of: connector.id, store: store, id: id, payload: payload,
                traceParent: request.traceParent)
            let record = event.record(desk.topics)
            // Numbers may be longer as they are written than as they came.
            guard record.value?.count ?? 0 <= desk.payloadLimit else {
                throw Problem.tooLarge(limit: desk.payloadLimit, what: "the payload")
            }
            let place = try await desk.send([record]).first ?? nil
            let outlook = EventOutlook(of: event, in: desk.directory())
            var members = desk.receipt(event.identity, place).merging(outlook.members) { own, _ in own }
            members["unknown_fields"] = Self.unknownFields(of: payload, trigger)
            return Answer(status: 202, json: .compact(members))
        }
    }

    /// Said before anything is looked up: the same for every store and connector.
    private static let noToken = Problem.unauthorized(
        "no token was sent", do: "send Authorization: Bearer TOKEN, the ingest_token of the app's connection")
    /// Unknown fields that are named, at most.
    private static let nameLimit = 20

    /// Members of a payload that its trigger doesn't have: taken, and read by no workflow's field, so probably mistyped.
    private static func unknownFields(of payload: JSON, _ trigger: TriggerDefinition) -> JSON? {
        let known = Set(trigger.fields.map(\.key))
        let unknown = (payload.objectValue ?? [:]).keys.filter { !known.contains($0) }.sorted()
        guard !unknown.isEmpty else { return nil }
        return .array(unknown.prefix(nameLimit).map { .string($0) })
    }

    /// The same words whether the store, the connection or the token is wrong: outsiders learn nothing.
    private func authorize(
        _ token: String, _ connector: String, _ store: String, _ directory: Directory
    ) throws(Problem) {
        let tokens = try desk.secrets.open(\.tokens, of: connector, store: store, in: directory)
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
}
