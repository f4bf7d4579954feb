import Liquid

/// CloudEvents 1.0, Kafka protocol binding. Source: cloudevents/spec, bindings/kafka-protocol-binding.md (v1.0.2).
extension TriggerEvent {
    /// Flow's own limit of a payload.
    package static let payloadLimit = 50_000
    /// Lists and objects within each other in a payload, at most: a routing slip wraps it in some more.
    package static let payloadDepth = JSONParser.depthLimit - 16

    /// Binary mode: attributes as headers, the payload as the value, the store as the key.
    package func record(_ topics: Topics) -> WireRecord {
        var headers = [
            WireHeader(HeaderName.specVersion, "1.0"),
            WireHeader(HeaderName.id, identity.id),
            WireHeader(HeaderName.source, identity.source),
            WireHeader(HeaderName.type, identity.trigger.eventType),
            WireHeader(HeaderName.contentType, "application/json"),
        ]
        if let time { headers.append(WireHeader(HeaderName.time, time)) }
        if let traceParent { headers.append(WireHeader(HeaderName.traceParent, traceParent)) }
        return WireRecord(
            topic: topics.triggers(identity.source), key: Array(identity.store.utf8),
            value: payload.jsonBytes, headers: headers)
    }

    /// Reads an event of either mode from a connector's trigger topic.
    ///
    /// - Throws: `UnusableRecord` with what is wrong: no id, another connector's event, not JSON, too large. Whether
    ///   the payload fits the trigger is the catalogue's to say.
    package init(_ record: WireRecord, connector: String, payloadLimit: Int = payloadLimit)
        throws(UnusableRecord)
    {
        guard let value = record.value, !value.isEmpty else {
            throw UnusableRecord("the record has no value", store: record.keyText)
        }
        let isStructured =
            record.header(HeaderName.contentType)?.lowercased().hasPrefix("application/cloudevents+json")
            ?? false
        let attributes = try isStructured ? Self.structured(record, value) : Self.binary(record)
        let store = try Self.store(record, subject: attributes["subject"]?.stringValue)
        func text(_ name: String) throws(UnusableRecord) -> String {
            guard let text = attributes[name]?.stringValue, !text.isEmpty else {
                throw UnusableRecord("the CloudEvents attribute \(name) is missing", store: store)
            }
            return text
        }
        let (id, source, type) = (try text("id"), try text("source"), try text("type"))
        guard try text("specversion") == "1.0" else {
            throw UnusableRecord("the CloudEvents version is not 1.0", store: store)
        }
        guard source == connector else {
            throw UnusableRecord(
                "the source \(source.prefix(100)) does not belong in the topic of \(connector)", store: store)
        }
        guard type.hasPrefix("\(connector)."), type.count > connector.count + 1 else {
            throw UnusableRecord("the type \(type.prefix(100)) is none of \(connector)", store: store)
        }
        guard id.utf8.count <= 255 else {
            throw UnusableRecord("the id is longer than 255 bytes", store: store)
        }
        let trigger = TriggerReference(
            connector: connector, handle: String(type.dropFirst(connector.count + 1)))
        let payload = try Self.payload(
            isStructured ? attributes["data"] : nil, value, isStructured, payloadLimit, store)
        self.init(
            identity: EventIdentity(source: source, store: store, id: id, trigger: trigger), payload: payload,
            time: attributes["time"]?.stringValue, traceParent: attributes["traceparent"]?.stringValue)
    }

    private static func binary(_ record: WireRecord) -> [String: JSON] {
        var attributes: [String: JSON] = [:]
        for name in ["specversion", "id", "source", "type", "time", "subject"] {
            attributes[name] = record.header("ce_\(name)").map { .string($0) }
        }
        attributes["traceparent"] = record.header(HeaderName.traceParent).map { .string($0) }
        return attributes
    }

    private static func structured(_ record: WireRecord, _ value: [UInt8]) throws(UnusableRecord) -> [String:
        JSON]
    {
        let document: JSON
        do throws(JSONError) {
            // The event is one object around its payload.
            document = try JSONParser.parse(value, depthLimit: payloadDepth + 1)
        } catch {
            throw UnusableRecord("the structured event is \(error)", store: record.keyText)
        }
        guard let attributes = document.objectValue else {
            throw UnusableRecord("a structured event is a JSON object", store: record.keyText)
        }
        return attributes
    }

    private static func store(_ record: WireRecord, subject: String?) throws(UnusableRecord) -> String {
        switch (record.keyText, subject) {
        case (let key?, let subject?) where !key.isEmpty && key != subject:
            throw UnusableRecord("the key names another store than ce_subject", store: key)
        case (let key?, _) where !key.isEmpty: return key
        case (_, let subject?) where !subject.isEmpty: return subject
        default: throw UnusableRecord("neither the key nor ce_subject names the store")
        }
    }

    private static func payload(
        _ data: JSON?, _ value: [UInt8], _ isStructured: Bool, _ limit: Int, _ store: String
    ) throws(UnusableRecord) -> JSON {
        let size = isStructured ? (data?.jsonBytes.count ?? 0) : value.count
        guard size <= limit else {
            throw UnusableRecord("the payload of \(size) bytes exceeds the limit of \(limit)", store: store)
        }
        let payload: JSON?
        do throws(JSONError) {
            payload = isStructured ? data : try JSONParser.parse(value, depthLimit: payloadDepth)
        } catch {
            throw UnusableRecord("the payload is \(error)", store: store)
        }
        guard let payload, payload.objectValue != nil else {
            throw UnusableRecord("the payload is not a JSON object", store: store)
        }
        return payload
    }
}
