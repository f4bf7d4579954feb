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
    ///   - now: ms since 1970 by the matcher's clock.
    package init(
        for record: ConsumedRecord, connector: String, partitionCount: Int,
        window: inout DuplicateWindow<RunID>,
        directory: Directory, catalogue: Catalogue, topics: Topics, payloadLimit: Int, time: String,
        now: Int64
    ) {
        let wire = WireRecord(record)
        let place = RecordPlace(record)
        var event: TriggerEvent
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
        if let moved = Self.moved(wire, to: event.identity.store, partitionCount: partitionCount) {
            self.init(records: [moved], kind: .moved)
            return
        }
        // A clock that runs ahead must not push everybody's ids out of the window.
        guard window.insert(event.identity.digest, at: min(record.timestamp, now)) else {
            let matching = Matching.refused(event.identity, at: place, reason: "duplicate")
            self.init(records: matching.records(topics), kind: .duplicate)
            return
        }
        event.published = record.timestamp
        let matching = Matching.match(event, at: place, in: directory)
        self.init(
            records: matching.records(topics), kind: matching.report.started.isEmpty ? .unmatched : .matched)
    }

    /// Puts a record of the partition's tail into the window, as the decision about it did. One that could not be used is
    /// no first copy.
    ///
    /// - Parameter now: ms since 1970 by the matcher's clock.
    static func remember(
        _ record: ConsumedRecord, connector: String, window: inout DuplicateWindow<RunID>,
        catalogue: Catalogue, payloadLimit: Int, now: Int64
    ) {
        let event = try? Self.event(
            of: WireRecord(record), connector: connector, catalogue: catalogue, payloadLimit: payloadLimit)
        guard let event else { return }
        _ = window.insert(event.identity.digest, at: min(record.timestamp, now))
    }

    private init(records: [WireRecord], kind: Kind) {
        self.records = records
        self.kind = kind
    }

    /// The same record for its store's partition, where it lies in another one.
    private static func moved(_ record: WireRecord, to store: String, partitionCount: Int) -> WireRecord? {
        guard record.header(movedHeader) == nil else { return nil }
        let home = KeyPartitioner.partition(of: Array(store.utf8), count: partitionCount)
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
        var records: [WireRecord] = []
        var ends = ends
        for action in actions {
            let record = action.run.record(topics, delay: action.delay)
            if let end = RunRecord.EndReport(tooLarge: record, of: action.run) {
                ends.append(end)
            } else {
                records.append(record)
            }
        }
        return records + [RunRecord.event(report).record(topics)]
            + ends.map { RunRecord.end($0).record(topics) }
    }
}
