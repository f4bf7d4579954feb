import Flow
import Kafka
import Workers

/// What becomes of one trigger record: pure but for the duplicate window, which it advances.
package struct TriggerDecision: Sendable {
    /// Header of a record that a matcher moved to its store's partition, so that it is moved once at most.
    static let movedHeader = "sluice_moved"

    /// Records to write, in order.
    package var records: [WireRecord] = []
    package var kind: Kind

    package enum Kind: String, Sendable {
        case matched, unmatched, duplicate, dead, moved
    }

    /// An event that is fit for matching.
    ///
    /// - Throws: `UnusableRecord` for a record that no store's workflows can use.
    package static func event(
        of record: WireRecord, connector: String, catalogue: Catalogue, payloadLimit: Int
    ) throws(UnusableRecord) -> TriggerEvent {
        let event = try TriggerEvent(record, connector: connector, payloadLimit: payloadLimit)
        guard let trigger = catalogue.trigger(event.identity.trigger) else {
            let known = catalogue[connector]?.triggers.map(\.handle).joined(separator: ", ") ?? "none"
            throw UnusableRecord(
                "\(connector) has no trigger \(event.identity.trigger.handle.prefix(100)); it has \(known)",
                store: event.identity.store)
        }
        let problems = trigger.validate(event.payload, types: catalogue[connector]?.types ?? [:])
        guard problems.isEmpty else {
            throw UnusableRecord(
                problems.map(\.description).joined(separator: "; "), store: event.identity.store)
        }
        return event
    }

    /// - Parameters:
    ///   - partitionCount: of the record's topic.
    ///   - time: RFC 3339, for a dead letter.
    package init(
        for record: ConsumedRecord, connector: String, partitionCount: Int,
        window: inout DuplicateWindow<RunID>,
        directory: Directory, catalogue: Catalogue, topics: Topics, payloadLimit: Int, time: String
    ) {
        let wire = WireRecord(record)
        let place = RecordPlace(record)
        if let moved = Self.moved(wire, partitionCount: partitionCount) {
            self.init(records: [moved], kind: .moved)
            return
        }
        let event: TriggerEvent
        do throws(UnusableRecord) {
            event = try Self.event(
                of: wire, connector: connector, catalogue: catalogue, payloadLimit: payloadLimit)
        } catch {
            let letter = DeadLetter(
                connector: connector, stage: .trigger, reason: error.reason, store: error.store, place: place,
                time: time,
                actionRun: nil, headers: wire.headers, value: wire.value)
            self.init(records: [letter.record(topics)], kind: .dead)
            return
        }
        guard window.insert(event.identity.digest, at: record.timestamp) else {
            let matching = Matching.refused(event.identity, at: place, reason: "duplicate")
            self.init(records: matching.records(topics), kind: .duplicate)
            return
        }
        let matching = Matching.match(event, at: place, in: directory)
        self.init(
            records: matching.records(topics), kind: matching.report.started.isEmpty ? .unmatched : .matched)
    }

    private init(records: [WireRecord], kind: Kind) {
        self.records = records
        self.kind = kind
    }

    /// The same record for its store's partition, where it lies in another one.
    private static func moved(_ record: WireRecord, partitionCount: Int) -> WireRecord? {
        let key = record.key ?? record.header(HeaderName.subject).map { Array($0.utf8) }
        guard let key, !key.isEmpty, record.header(movedHeader) == nil else { return nil }
        let home = KeyPartitioner.partition(of: key, count: partitionCount)
        guard record.partition != home else { return nil }
        var moved = record
        moved.partition = home
        moved.headers.append(WireHeader(movedHeader, "1"))
        return moved
    }
}

extension EventIdentity {
    /// What tells events apart in a duplicate window.
    package var digest: RunID { .workflowRun(store: store, source: source, event: id, workflow: "") }
}

extension Matching {
    /// The event's report last, so that who reads it finds the runs it names.
    fileprivate func records(_ topics: Topics) -> [WireRecord] {
        actions.map { $0.run.record(topics, delay: $0.delay) }
            + [RunRecord.event(report).record(topics)]
            + ends.map { RunRecord.end($0).record(topics) }
    }
}
