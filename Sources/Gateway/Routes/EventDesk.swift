import Connectors
import Flow
import Liquid
import Logging
import Pipeline

/// What the routes share: what there is to look up, and where events go.
struct EventDesk: Sendable {
    let topics: Topics
    let secrets: IncomingSecrets
    let places: Places
    let unproven: UnprovenBodies
    let payloadLimit: Int
    let logger: Logger
    let directory: @Sendable () -> Directory
    let write: @Sendable ([WireRecord]) async throws(IntakeFault) -> [RecordPlace?]
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func connector(_ segment: String?, in directory: Directory) throws(Problem) -> ConnectorDefinition {
        let id = try PathName.handle(segment, "connector")
        guard let connector = directory.catalogue[id] else {
            let near = directory.catalogue.near(id)
            throw .notFound(
                "there is no connector \(id)",
                do: near.isEmpty
                    ? "sluice connectors list shows those that there are"
                    : "did you mean \(near.joined(separator: " or "))?")
        }
        return connector
    }

    func checkStore(_ store: String, in directory: Directory) throws(Problem) {
        guard directory.stores[store] == nil else { return }
        throw .notFound("there is no store \(store)", do: "correct the URL, or apply the store first")
    }

    /// An app's event, taken now.
    func event(
        _ trigger: TriggerDefinition, of connector: String, store: String, id: String, payload: JSON,
        traceParent: String?
    ) -> TriggerEvent {
        TriggerEvent(
            identity: EventIdentity(
                source: connector, store: store, id: id,
                trigger: TriggerReference(connector: connector, handle: trigger.handle)),
            payload: payload, time: UTCDate(secondsSince1970: now()).isoText, traceParent: traceParent)
    }

    /// Writes records, and answers only when they are acknowledged.
    func send(_ records: [WireRecord]) async throws(Problem) -> [RecordPlace?] {
        do throws(IntakeFault) {
            return try await write(records)
        } catch {
            logger.warning("request not taken: Kafka", metadata: [GatewayLogKeys.reason: "\(error)"])
            switch error {
            case .missingTopic(let topic):
                throw .unavailable(
                    "the cluster has no topic \(topic)", do: "create it: sluice topics create", retryAfter: 60
                )
            case .tooLarge:
                throw Problem(
                    status: 413, title: "Content too large", detail: "\(error)",
                    remedy: "raise max.message.bytes of the topic, or send less")
            case .unavailable:
                throw .unavailable(
                    "Kafka has not acknowledged it in time", do: "send it again under the same id")
            }
        }
    }

    /// `{event_id, trigger, topic, partition, offset}`, without an offset where the broker knew the record already.
    func receipt(_ event: EventIdentity, _ place: RecordPlace?) -> [String: JSON?] {
        [
            "event_id": .string(event.id), "trigger": .string("\(event.trigger)"),
            "topic": .string(topics.triggers(event.source)),
            "partition": place.map { .integer(Int64($0.partition)) },
            "offset": place.map { .integer($0.offset) },
        ]
    }
}
