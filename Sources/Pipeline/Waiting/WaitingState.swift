import Flow
import Kafka

/// What a waiting topic's partition says at its end: the newest record of each run that still waits.
///
/// Payloads are kept up to a limit; the rest is read again when it is due.
struct WaitingState: Sendable {
    struct Run: Sendable {
        let note: WaitingNote
        let offset: Int64
        let timestamp: Int64
        let isBrokerTime: Bool
    }

    private let payloadLimit: Int
    private var newest: [RunKey: Run] = [:]
    private var strangers: [[UInt8]: ConsumedRecord] = [:]
    /// Attempts that began, and of which no end was written.
    private(set) var starts: [RunKey: StartNote] = [:]
    private var payloadBytes = 0

    init(payloadLimit: Int) {
        self.payloadLimit = payloadLimit
    }

    mutating func take(_ record: ConsumedRecord) {
        guard let key = record.key else { return }
        strangers[key] = nil
        if let run = StartNote.run(ofKey: key) {
            starts[run] = StartNote(WireRecord(record))
            return
        }
        let runKey = RunKey(waitingKey: key)
        if let runKey, let old = newest.removeValue(forKey: runKey) { payloadBytes -= old.note.run.byteCount }
        guard record.value != nil else { return }
        guard let runKey, var note = WaitingNote(WireRecord(record)) else {
            strangers[key] = record
            return
        }
        if payloadBytes + note.run.byteCount > payloadLimit {
            note.run.record = nil
        } else {
            payloadBytes += note.run.byteCount
        }
        newest[runKey] = Run(
            note: note, offset: record.offset, timestamp: record.timestamp,
            isBrokerTime: record.timestampKind == .append)
    }

    var isEmpty: Bool { newest.isEmpty && strangers.isEmpty && starts.isEmpty }
    func hasRun(_ key: RunKey) -> Bool { newest[key] != nil }

    /// In the order of their places in the action topic.
    var runs: [Run] { newest.values.sorted { $0.note.run.position < $1.note.run.position } }

    /// What no version of ours can have written, or only a newer one.
    var unreadable: [ConsumedRecord] { strangers.values.sorted { $0.offset < $1.offset } }
}
