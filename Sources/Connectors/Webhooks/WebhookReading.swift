package import Flow
internal import Liquid

/// What a vendor's request comes to, checked against the catalogue.
package enum WebhookReading: Hashable, Sendable {
    case events([MappedEvent])
    /// It is about something that no trigger stands for.
    case ignored(String)
    case unusable(String)
}

/// A trigger event out of a vendor's request.
package struct MappedEvent: Hashable, Sendable {
    package let trigger: TriggerReference
    package let id: String
    /// RFC 3339, UTC.
    package let time: String?
    package let payload: JSON
    /// What keeps the payload from being used; empty for one that fits its trigger.
    package let problems: [PayloadProblem]
}

extension VendorWebhook {
    /// The events of a request, whose proof was checked before.
    ///
    /// - Parameter definition: the connector's, of the catalogue.
    package func read(_ message: WebhookMessage, as definition: ConnectorDefinition) -> WebhookReading {
        let document: JSON
        do throws(JSONError) {
            document = try JSONParser.parse(message.body)
        } catch {
            return .unusable("the body is \(error)")
        }
        guard document.objectValue != nil else {
            return .unusable("the body is \(document.kindName), not a JSON object")
        }
        switch meaning(of: document, in: message) {
        case .ignored(let reason): return .ignored(reason)
        case .unusable(let reason): return .unusable(reason)
        case .events(let events):
            var mapped: [MappedEvent] = []
            for event in events {
                guard let trigger = definition.trigger(event.handle) else {
                    return .unusable("the catalogue has no trigger \(connector)/\(event.handle)")
                }
                mapped.append(map(event, to: trigger, definition.types, message))
            }
            return .events(mapped)
        }
    }

    private func map(
        _ event: WebhookEvent, to trigger: TriggerDefinition, _ types: SchemaTypes, _ message: WebhookMessage
    ) -> MappedEvent {
        var members: [String: JSON] = [:]
        for field in trigger.fields {
            guard let value = event.values[field.key] else { continue }
            if let fitted = field.fitted(value, types: types) {
                members[field.key] = fitted
            } else if field.isRequired {
                // The payload is no use without it; the problem then says what came.
                members[field.key] = value
            }
        }
        let payload = JSON.object(members)
        return MappedEvent(
            trigger: TriggerReference(connector: connector, handle: event.handle),
            id: Self.id(of: event, message), time: event.time.flatMap { UTCDate(iso: $0) == nil ? nil : $0 },
            payload: payload, problems: trigger.validate(payload, types: types))
    }

    /// The vendor's own id, or one of the body: the same when the same is sent again.
    private static func id(of event: WebhookEvent, _ message: WebhookMessage) -> String {
        if let id = event.id, (1...idLimit).contains(id.utf8.count) { return id }
        return "\(event.handle):\(message.digest)"
    }

    /// Bytes of an event's id, at most.
    private static var idLimit: Int { 255 }
}
