import Liquid

extension RunRecord {
    /// Reads the value of a record of the runs topic, as `value` writes it; nil for one of a later format or none at
    /// all.
    package init?(value: JSON) {
        guard let kind = value["record"]?.stringValue, let event = EventIdentity(members: value) else {
            return nil
        }
        switch kind {
        case "event":
            guard let report = EventReport(event, value) else { return nil }
            self = .event(report)
        case "attempt":
            guard let report = AttemptReport(event, value) else { return nil }
            self = .attempt(report)
        case "end":
            guard let report = EndReport(event, value) else { return nil }
            self = .end(report)
        default: return nil
        }
    }

    package var event: EventIdentity {
        switch self {
        case .event(let report): report.event
        case .attempt(let report): report.event
        case .end(let report): report.run.event
        }
    }
}

extension EventIdentity {
    fileprivate init?(members: JSON) {
        guard let id = members["event_id"]?.stringValue, let source = members["source"]?.stringValue,
            let store = members["store"]?.stringValue, let trigger = members["trigger"]?.stringValue
        else { return nil }
        self.init(
            source: source, store: store, id: id,
            trigger: TriggerReference(connector: source, handle: trigger))
    }
}

extension RunRecord.EventReport {
    fileprivate init?(_ event: EventIdentity, _ value: JSON) {
        guard let topic = value["topic"]?.stringValue,
            let partition = value["partition"]?.integerValue.flatMap({ Int32(exactly: $0) }),
            let offset = value["offset"]?.integerValue,
            let started = value["started"]?.arrayValue?.map({ Started($0) }),
            let skipped = value["skipped"]?.arrayValue?.map({ Skipped($0) }),
            started.allSatisfy({ $0 != nil }), skipped.allSatisfy({ $0 != nil })
        else { return nil }
        self.init(
            event: event, place: RecordPlace(topic: topic, partition: partition, offset: offset),
            started: started.compactMap { $0 }, skipped: skipped.compactMap { $0 },
            refused: value["refused"]?.stringValue)
    }
}

extension RunRecord.EventReport.Started {
    fileprivate init?(_ value: JSON) {
        guard let run = value["workflow_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflow = value["workflow"]?.stringValue, let version = value.int("version")
        else { return nil }
        self.init(run: run, workflow: workflow, version: version)
    }
}

extension RunRecord.EventReport.Skipped {
    fileprivate init?(_ value: JSON) {
        guard let workflow = value["workflow"]?.stringValue, let version = value.int("version"),
            let reason = value["reason"]?.stringValue.flatMap({ SkipReason($0) })
        else { return nil }
        self.init(workflow: workflow, version: version, reason: reason)
    }
}

extension SkipReason {
    /// Reads what `description` writes.
    package init?(_ text: String) {
        switch text {
        case "workflow-disabled": self = .workflowDisabled
        case "sluice-not-installed": self = .sluiceNotInstalled
        case "conditions-not-met": self = .conditionsNotMet
        default:
            let start = "connector-not-installed ("
            guard text.hasPrefix(start), text.hasSuffix(")"), text.count > start.count + 1 else { return nil }
            self = .connectorNotInstalled(String(text.dropFirst(start.count).dropLast()))
        }
    }
}

extension RunRecord.AttemptReport {
    fileprivate init?(_ event: EventIdentity, _ value: JSON) {
        guard let actionRun = value["action_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflowRun = value["workflow_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflow = value["workflow"]?.stringValue,
            let action = value["action"]?.stringValue.flatMap({ ActionReference($0) }),
            let step = value["step"]?.stringValue, let attempt = value.int("attempt"),
            let outcome = value["outcome"]?.stringValue, let duration = value["duration_ms"]?.integerValue
        else { return nil }
        var end: RunEnd?
        if let word = value["end"]?.stringValue {
            guard let known = RunEnd(rawValue: word) else { return nil }
            end = known
        }
        self.actionRun = actionRun
        self.workflowRun = workflowRun
        self.event = event
        self.workflow = workflow
        self.action = action
        self.step = step
        self.attempt = attempt
        self.outcome = outcome
        reason = value["reason"]?.stringValue
        durationMilliseconds = duration
        delayMilliseconds = value["delay_ms"]?.integerValue
        self.end = end
        replay = max(0, value.int("replay") ?? 0)
    }
}

extension RunRecord.EndReport {
    fileprivate init?(_ event: EventIdentity, _ value: JSON) {
        guard let id = value["workflow_run_id"]?.stringValue.flatMap({ RunID($0) }),
            let workflow = value["workflow"]?.stringValue, let version = value.int("version"),
            let end = value["end"]?.stringValue.flatMap({ RunEnd(rawValue: $0) })
        else { return nil }
        self.init(
            run: WorkflowRun(id: id, workflow: workflow, version: version, store: event.store, event: event),
            end: end, reason: value["reason"]?.stringValue)
    }
}

extension JSON {
    fileprivate func int(_ name: String) -> Int? { self[name]?.integerValue.flatMap { Int(exactly: $0) } }
}
