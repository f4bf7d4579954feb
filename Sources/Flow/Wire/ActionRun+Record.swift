import Liquid

/// An action run as a record of its connector's action topic: what a sender needs to route and order it stands in
/// headers, the rest in the value.
extension ActionRun {
    package static let format = "1"

    /// - Parameter delay: how long after its append it is due (a `wait` step stood before it).
    package func record(_ topics: Topics, delay: Duration = .zero) -> WireRecord {
        var headers = baseHeaders
        if delay > .zero { headers.append(WireHeader(HeaderName.delay, delay.milliseconds)) }
        return WireRecord(
            topic: topics.actions(action.connector), key: Array((orderingKey ?? "\(store)/\(id)").utf8),
            value: value.jsonBytes,
            headers: headers)
    }

    package var baseHeaders: [WireHeader] {
        var headers = [
            WireHeader(HeaderName.specVersion, "1.0"),
            WireHeader(HeaderName.id, id.description),
            WireHeader(HeaderName.source, "sluice"),
            WireHeader(HeaderName.type, "\(action.connector).\(action.handle)"),
            WireHeader(HeaderName.contentType, "application/json"),
            WireHeader(HeaderName.format, Self.format),
            WireHeader(HeaderName.store, store),
            WireHeader(HeaderName.workflow, workflowRun.workflow),
        ]
        if let orderingKey { headers.append(WireHeader(HeaderName.orderingKey, orderingKey)) }
        if replay > 0 { headers.append(WireHeader(HeaderName.replay, replay)) }
        if let eventTime { headers.append(WireHeader(HeaderName.eventTime, eventTime)) }
        if let traceParent { headers.append(WireHeader(HeaderName.traceParent, traceParent)) }
        return headers
    }

    /// `{"action_run_id", "workflow_run_id", "workflow", "version", "event_id", "source", "trigger", "store", "action",
    /// "step", "path", "properties", "rest"?, "context"?}`
    package var value: JSON {
        .compact([
            "action_run_id": .string(id.description),
            "workflow_run_id": .string(workflowRun.id.description),
            "workflow": .string(workflowRun.workflow),
            "version": .integer(Int64(workflowRun.version)),
            "event_id": .string(workflowRun.event.id),
            "source": .string(workflowRun.event.source),
            "trigger": .string(workflowRun.event.trigger.handle),
            "store": .string(store),
            "action": .string(action.description),
            "step": .string(stepID),
            "path": .string(stepPath),
            "properties": .object(properties),
            "rest": slip.rest.isEmpty ? nil : .array(slip.rest),
            "context": slip.context.isEmpty ? nil : .object(slip.context),
        ])
    }

    /// Reads an action record, or the value of a waiting one.
    package init(_ record: WireRecord) throws(UnusableRecord) {
        let store = record.header(HeaderName.store)
        guard record.header(HeaderName.format) == Self.format else {
            throw UnusableRecord(
                "the record's format is \(record.header(HeaderName.format) ?? "missing"), this version reads \(Self.format)",
                store: store)
        }
        let value: JSON
        do throws(JSONError) {
            value = try JSONParser.parse(record.value ?? [])
        } catch {
            throw UnusableRecord("the action run is \(error)", store: store)
        }
        guard let run = Self.read(value, record) else {
            throw UnusableRecord("the action run lacks a part or one is of the wrong type", store: store)
        }
        self = run
    }

    private static func read(_ value: JSON, _ record: WireRecord) -> ActionRun? {
        guard let id = value["action_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflowRun = value["workflow_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflow = value["workflow"]?.stringValue,
            let version = value["version"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let event = value["event_id"]?.stringValue,
            let source = value["source"]?.stringValue,
            let trigger = value["trigger"]?.stringValue,
            let store = value["store"]?.stringValue,
            let action = value["action"]?.stringValue.flatMap({ ActionReference($0) }),
            let stepID = value["step"]?.stringValue,
            let stepPath = value["path"]?.stringValue,
            let properties = value["properties"]?.objectValue
        else { return nil }
        let identity = EventIdentity(
            source: source, store: store, id: event,
            trigger: TriggerReference(connector: source, handle: trigger))
        var run = ActionRun(
            id: id,
            workflowRun: WorkflowRun(
                id: workflowRun, workflow: workflow, version: version, store: store, event: identity),
            action: action, stepID: stepID, stepPath: stepPath, properties: properties,
            slip: RoutingSlip(
                rest: value["rest"]?.arrayValue ?? [], context: value["context"]?.objectValue ?? [:]),
            orderingKey: record.header(HeaderName.orderingKey),
            replay: max(0, record.header(HeaderName.replay).flatMap { Int($0) } ?? 0),
            traceParent: record.header(HeaderName.traceParent))
        run.eventTime = record.header(HeaderName.eventTime).flatMap { Int64($0) }
        return run
    }
}
