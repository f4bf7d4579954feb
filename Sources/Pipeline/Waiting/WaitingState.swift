import Flow
import Kafka

/// What a waiting topic's partition says at its end: the newest record of each run that still waits.
///
/// Payloads are kept up to a limit; the rest is read again when it is due. Of a run without its payload it keeps as
/// little as the queue does.
struct WaitingState: Sendable {
    struct Run: Sendable {
        let note: WaitingNote
        let offset: Int64
        let timestamp: Int64
        let isBrokerTime: Bool
    }

    /// A run as it is kept until the topic was read to its end.
    private struct Kept: Identifiable, Sendable {
        let run: CompactRun
        let delay: Int64?
        let isBrokerTime: Bool
        let timestamp: Int64

        var id: RunKey { run.id }
    }

    private let payloadLimit: Int
    private var newest = SlotTable<Kept>()
    private var stores = InternedTexts()
    private var details = InternedTexts()
    private var payloads: [RunKey: WireRecord] = [:]
    private var strangers: [[UInt8]: ConsumedRecord] = [:]
    /// Attempts that began, and of which no end was written.
    private(set) var starts: [RunKey: StartNote] = [:]
    /// Where records count that are not handed over as runs, by key: notes, what can't be read, and runs that were taken
    /// out. Notes that only another version can read are among them: it may be the next that reads.
    private(set) var apart: [[UInt8]: Int64] = [:]
    private var payloadBytes = 0

    init(payloadLimit: Int) {
        self.payloadLimit = payloadLimit
    }

    mutating func take(_ record: ConsumedRecord) {
        guard let key = record.key else { return }
        if !strangers.isEmpty { strangers[key] = nil }
        if !apart.isEmpty { apart[key] = nil }
        if let run = StartNote.run(ofKey: key) {
            starts[run] = StartNote(WireRecord(record))
            if record.value != nil { apart[key] = record.offset }
            return
        }
        let runKey = RunKey(waitingKey: key)
        if let runKey { forget(runKey) }
        guard record.value != nil else { return }
        guard let runKey, var note = WaitingNote(WireRecord(record)) else {
            strangers[key] = record
            apart[key] = record.offset
            return
        }
        let byteCount = note.run.byteCount
        if payloadBytes + byteCount <= payloadLimit {
            payloadBytes += byteCount
            payloads[runKey] = note.run.record
        }
        note.run.record = nil
        newest.update(
            Kept(
                run: CompactRun(
                    note.entry(at: record.offset), store: stores.take(note.run.store),
                    detail: details.take(note.cause.detail)),
                delay: note.delay?.milliseconds, isBrokerTime: record.timestampKind == .append,
                timestamp: record.timestamp))
    }

    private mutating func forget(_ key: RunKey) {
        guard let slot = newest.slot(of: key), let old = newest[slot] else { return }
        newest.remove(slot)
        stores.release(old.run.store)
        details.release(old.run.detail)
        if let payload = payloads.removeValue(forKey: key) { payloadBytes -= payload.payloadBytes }
    }

    var isEmpty: Bool { newest.isEmpty && apart.isEmpty }
    func hasRun(_ key: RunKey) -> Bool { newest.slot(of: key) != nil }

    /// Takes out runs that kept their keys' places and whose copies have taken them: a crash at least once lets both be.
    ///
    /// - Returns: their keys.
    mutating func removeReplaced() -> [RunKey] {
        var replaced: [RunKey] = []
        var offsets: [[UInt8]: Int64] = [:]
        newest.forEach { _, kept in
            guard details[kept.run.detail] == Hold.deadLetter.text,
                hasRun(RunKey(id: kept.id.id, replay: kept.id.replay + 1))
            else { return }
            replaced.append(kept.id)
            offsets[kept.id.waitingKey] = kept.run.waitingOffset
        }
        for key in replaced { forget(key) }
        apart.merge(offsets) { _, new in new }
        return replaced.sorted { $0.waitingKey.lexicographicallyPrecedes($1.waitingKey) }
    }

    /// Whether a run's newest record says what the attempt of a note came to: the run waits for its next one, or is over
    /// and keeps its key's place. Notes of what must not be repeated unasked go only after that was committed.
    func hasOutcome(of note: StartNote) -> Bool {
        guard note.decision == nil, let slot = newest.slot(of: note.run), let kept = newest[slot],
            case .waiting(let reason) = kept.run.state
        else { return false }
        if WaitCause(reason, detail: details[kept.run.detail]) == .held(.deadLetter) { return true }
        guard case .attempt(let report)? = note.doubt else { return false }
        return Int(kept.run.attempts) >= report.attempt
    }

    /// Hands over every run that waits, in no order, and keeps none of them.
    mutating func drain(_ body: (Run) -> Void) {
        let (stores, details, payloads) = (stores, details, payloads)
        newest.drain { kept in
            let entry = kept.run.entry(
                store: stores[kept.run.store], detail: details[kept.run.detail], record: payloads[kept.id])
            guard let note = WaitingNote(entry, delay: kept.delay.map { .milliseconds($0) }),
                let offset = entry.waitingOffset
            else { return }
            body(
                Run(
                    note: note, offset: offset, timestamp: kept.timestamp, isBrokerTime: kept.isBrokerTime))
        }
        (self.stores, self.details, self.payloads) = (InternedTexts(), InternedTexts(), [:])
        payloadBytes = 0
    }

    /// What no version of ours can have written, or only a newer one.
    var unreadable: [ConsumedRecord] { strangers.values.sorted { $0.offset < $1.offset } }
}

extension WaitingNote {
    /// As the queue keeps it.
    fileprivate func entry(at offset: Int64) -> PartitionQueue.Entry {
        PartitionQueue.Entry(
            run: run, state: .waiting(reason), isParked: true, waitingOffset: offset, detail: cause.detail)
    }

    fileprivate init?(_ entry: PartitionQueue.Entry, delay: Duration?) {
        guard let cause = entry.cause else { return nil }
        self.init(run: entry.run, cause: cause, delay: delay)
    }
}
