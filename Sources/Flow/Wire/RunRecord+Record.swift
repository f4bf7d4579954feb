import Liquid

extension RunRecord {
    /// The store that it is about: the record's key.
    package var store: String {
        switch self {
        case .event(let report): report.event.store
        case .attempt(let report): report.event.store
        case .end(let report): report.run.store
        }
    }

    package func record(_ topics: Topics) -> WireRecord {
        WireRecord(
            topic: topics.runs, key: Array(store.utf8), value: value.jsonBytes,
            headers: [
                WireHeader(HeaderName.format, "1"), WireHeader(HeaderName.contentType, "application/json"),
            ])
    }

    /// `{"record": "event" | "attempt" | "end", …}` with the words of the domain as keys.
    package var value: JSON {
        switch self {
        case .event(let report): report.value
        case .attempt(let report): report.value
        case .end(let report): report.value
        }
    }
}

extension EventIdentity {
    fileprivate var members: [String: JSON?] {
        [
            "event_id": .string(id), "source": .string(source), "store": .string(store),
            "trigger": .string(trigger.handle),
        ]
    }
}

extension RunRecord.EventReport {
    fileprivate var value: JSON {
        let runs = started.map { run -> JSON in
            [
                "workflow_run_id": .string(run.run.description), "workflow": .string(run.workflow),
                "version": .integer(Int64(run.version)),
            ]
        }
        let skips = skipped.map { skip -> JSON in
            [
                "workflow": .string(skip.workflow), "version": .integer(Int64(skip.version)),
                "reason": .string("\(skip.reason)"),
            ]
        }
        let members: [String: JSON?] = [
            "record": "event", "topic": .string(place.topic), "partition": .integer(Int64(place.partition)),
            "offset": .integer(place.offset), "started": .array(runs), "skipped": .array(skips),
            "refused": refused.map { .string($0) },
        ]
        return .compact(members.merging(event.members) { own, _ in own })
    }
}

extension RunRecord.AttemptReport {
    fileprivate var value: JSON {
        let members: [String: JSON?] = [
            "record": "attempt", "action_run_id": .string(actionRun.description),
            "workflow_run_id": .string(workflowRun.description), "workflow": .string(workflow),
            "action": .string(action.description), "step": .string(step), "attempt": .integer(Int64(attempt)),
            "outcome": .string(outcome), "reason": reason.map { .string($0) },
            "duration_ms": .integer(durationMilliseconds),
            "delay_ms": delayMilliseconds.map { .integer($0) }, "end": end.map { .string($0.rawValue) },
            "replay": replay > 0 ? .integer(Int64(replay)) : nil,
        ]
        return .compact(members.merging(event.members) { own, _ in own })
    }
}

extension RunRecord.EndReport {
    fileprivate var value: JSON {
        let members: [String: JSON?] = [
            "record": "end", "workflow_run_id": .string(run.id.description),
            "workflow": .string(run.workflow),
            "version": .integer(Int64(run.version)), "end": .string(end.rawValue),
            "reason": reason.map { .string($0) },
        ]
        return .compact(members.merging(run.event.members) { own, _ in own })
    }
}
