import Connectors
import Flow
import Hummingbird
import Liquid
import Logging

/// `POST /v1/webhooks/{connector}/{store}`, with `/{token}` at the end for vendors that sign nothing: a vendor's own
/// webhook.
///
/// What is proven to be the vendor's is answered with 200 whatever it means, so that the vendor doesn't send it for ever:
/// events are written, what has no trigger is ignored with a reason, and what can't be used is a dead letter.
struct WebhookRoute: Sendable {
    let desk: EventDesk

    func receive(_ request: Request, _ context: GatewayRequestContext) async throws -> Answer {
        let directory = desk.directory()
        let connector = try desk.connector(context.segment("connector"), in: directory)
        guard let webhook = VendorWebhooks.webhook(of: connector.id) else {
            let known = VendorWebhooks.all.map(\.connector).joined(separator: ", ")
            throw Problem.notFound(
                "webhooks of \(connector.id) are not known",
                do:
                    "use the trigger endpoint, /v1/stores/STORE/triggers/\(connector.id)/TRIGGER; webhooks are "
                    + "accepted of \(known)")
        }
        let store = try PathName.store(context.segment("store"))
        var token: String?
        if let segment = context.segment("token") {
            token = try PathName.decoded(segment, "token")
            guard webhook.proof == .pathToken else {
                throw Problem.notFound(
                    "webhooks of \(connector.id) are signed, and have no token in their URL",
                    do: "leave out the last part of the URL")
            }
        }
        let secrets = try desk.secrets.open(\.webhookSecrets, of: connector.id, store: store, in: directory)
        func read(until evicted: AsyncStream<Void>? = nil) async throws(Problem) -> [UInt8] {
            try await request.wholeBody(
                upTo: GatewayConfiguration.webhookLimit, what: "the webhook", until: evicted)
        }
        func message(_ body: [UInt8]) -> WebhookMessage {
            WebhookMessage(
                headers: request.headerLines, parameters: request.parameters, pathToken: token, body: body)
        }
        // Only what is proven counts: nobody else can use up the vendor's places.
        func take(_ body: () async throws -> Answer) async throws -> Answer {
            try desk.checkStore(store, in: directory)
            return try await desk.places.take(for: "\(connector.id)@\(store)", body)
        }
        guard webhook.proof.coversBody else {
            try prove(message([]), webhook, store, secrets)
            return try await take {
                try await self.take(message(try await read()), webhook, connector, store)
            }
        }
        let body = try await desk.unproven.read { evicted async throws(Problem) in
            try await read(until: evicted)
        }
        try prove(message(body), webhook, store, secrets)
        return try await take { try await self.take(message(body), webhook, connector, store) }
    }

    /// Whoever is refused learns what is missing, or that it is wrong, but neither whether there is a secret nor what is
    /// the matter with it.
    private func prove(
        _ message: WebhookMessage, _ webhook: any VendorWebhook, _ store: String, _ secrets: [String]
    ) throws(Problem) {
        let connector = webhook.connector
        let proof = webhook.proof
        // Without a secret nothing can be proven; the check runs all the same, so that it takes as long.
        let found = proof.fault(
            in: message, secrets: secrets.isEmpty ? [proof.placeholder] : secrets, now: desk.now())
        guard let fault = found ?? (secrets.isEmpty ? proof.mismatch : nil) else { return }
        desk.logger.warning(
            "webhook refused",
            metadata: [
                GatewayLogKeys.connector: "\(connector)", GatewayLogKeys.store: "\(store)",
                GatewayLogKeys.reason: secrets.isEmpty ? "there is no webhook_secret" : "\(fault)",
            ])
        let shown =
            switch fault {
            case .missing: fault
            case .stale where !secrets.isEmpty: fault
            default: proof.mismatch
            }
        throw .unauthorized(
            "it is not proven to come from \(connector): \(shown)",
            do: "the webhook_secret of the connection must be the one that the vendor uses for this store")
    }

    private func take(
        _ message: WebhookMessage, _ webhook: any VendorWebhook, _ connector: ConnectorDefinition,
        _ store: String
    ) async throws -> Answer {
        switch webhook.read(message, as: connector) {
        case .ignored(let reason):
            return Answer(status: 200, json: ["ignored": .string(reason)])
        case .unusable(let reason):
            let letter = letter(message, connector.id, store, id: message.digest, reason)
            _ = try await desk.send([letter])
            return Answer(status: 200, json: ["dead_letters": [["reason": .string(reason)]]])
        case .events(let events):
            return try await take(events, message, connector.id, store)
        }
    }

    private func take(
        _ events: [MappedEvent], _ message: WebhookMessage, _ connector: String, _ store: String
    ) async throws -> Answer {
        var records: [WireRecord] = []
        var taken: [(identity: EventIdentity, index: Int)] = []
        var letters: [JSON] = []
        for event in events {
            let identity = EventIdentity(
                source: connector, store: store, id: event.id, trigger: event.trigger)
            let record = TriggerEvent(identity: identity, payload: event.payload, time: event.time)
                .record(desk.topics)
            if let reason = fault(of: event, record) {
                records.append(letter(message, connector, store, id: event.id, reason))
                letters.append(["event_id": .string(event.id), "reason": .string(reason)])
            } else {
                taken.append((identity, records.count))
                records.append(record)
            }
        }
        let places = try await desk.send(records)
        let receipts = taken.map { JSON.compact(desk.receipt($0.identity, places[$0.index])) }
        return Answer(
            status: 200,
            json: .compact([
                "events": receipts.isEmpty ? nil : .array(receipts),
                "dead_letters": letters.isEmpty ? nil : .array(letters),
            ]))
    }

    private func fault(of event: MappedEvent, _ record: WireRecord) -> String? {
        if !event.problems.isEmpty {
            return "\(event.trigger): " + event.problems.map(\.description).joined(separator: "; ")
        }
        let size = record.value?.count ?? 0
        guard size > desk.payloadLimit else { return nil }
        return "\(event.trigger): the payload of \(size) bytes exceeds the limit of \(desk.payloadLimit)"
    }

    /// The vendor's request as it came.
    private func letter(
        _ message: WebhookMessage, _ connector: String, _ store: String, id: String, _ reason: String
    ) -> WireRecord {
        desk.logger.warning(
            "webhook can't be used: dead letter",
            metadata: [
                GatewayLogKeys.connector: "\(connector)", GatewayLogKeys.store: "\(store)",
                GatewayLogKeys.event: "\(id)",
            ])
        return DeadLetter(
            connector: connector, stage: .trigger, reason: "the vendor's webhook can't be used: \(reason)",
            store: store,
            place: RecordPlace(topic: desk.topics.triggers(connector), partition: -1, offset: -1),
            time: UTCDate(secondsSince1970: desk.now()).isoText, actionRun: nil,
            headers: [
                WireHeader(HeaderName.id, id), WireHeader(HeaderName.source, connector),
                WireHeader(HeaderName.webhook, "1"),
                WireHeader(HeaderName.contentType, message.header("content-type") ?? "application/json"),
            ], value: message.body
        ).record(desk.topics)
    }
}
