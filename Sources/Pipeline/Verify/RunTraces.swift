import Flow

/// Where runs that have not ended may still be: pure, filled from the topics.
package struct RunTraces: Sendable {
    /// Events that the matchers' group has yet to read, by store and id.
    private var eventsAhead: Set<[String]> = []
    /// Action runs that the senders' group has yet to read, or to settle.
    private var runsAhead: Set<RunID> = []
    private var waiting: Set<RunID> = []

    package init() {}

    /// A trigger record beyond the matchers' committed offset.
    package mutating func noteEvent(_ record: WireRecord) {
        guard let store = record.keyText, let id = record.header(HeaderName.id) else { return }
        eventsAhead.insert([store, id])
    }

    /// An action record beyond the senders' committed offset.
    package mutating func noteAction(_ record: WireRecord) {
        if let id = record.header(HeaderName.id).flatMap({ RunID($0) }) { runsAhead.insert(id) }
    }

    /// A record of the waiting topic, in the order of its partition.
    package mutating func noteWaiting(_ record: WireRecord) {
        guard let key = RunKey(waitingKey: record.key) else { return }
        if record.value == nil {
            waiting.remove(key.id)
        } else {
            waiting.insert(key.id)
        }
    }

    /// Why a run is lost; nil for one that is somewhere.
    package func loss(of run: OpenRun) -> String? {
        if run.end != nil { return nil }
        // Events are looked for first. One that was ahead then and has been matched since has its action where nobody looked.
        if eventsAhead.contains([run.event.store, run.event.id]) { return nil }
        if !run.isMatched { return "the matchers' offsets are past its event, and nothing tells of it" }
        return runsAhead.contains(run.id) || waiting.contains(run.id)
            ? nil : "the senders' offsets are past its action, it doesn't wait, and it has no end"
    }
}
