import Flow
import Kafka
import Workers

/// What a predecessor's notes of begun attempts come to.
struct FoundStarts {
    /// Attempts whose outcome nobody wrote down, found now for the first time.
    private(set) var newDoubts: [StartNote] = []
    /// Notes of runs that are not sent again unasked, or not without a look; they stay until that is decided and done.
    private(set) var notes: [StartNote] = []
    /// The doubts as run records, and what becomes of the notes.
    private(set) var writes: [WireRecord] = []

    /// - Parameter ledger: of the actions partition, as its predecessor committed it.
    init(in state: borrowing WaitingState, of waiting: TopicPartition, ledger: OffsetLedger, _ topics: Topics)
    {
        for note in state.starts.values.sorted(by: { $0.position < $1.position }) {
            // A run that waits nowhere and is not to be read again is over: only its note is left.
            let isAlive = state.hasRun(note.run) || ledger.isStillToCome(note.position)
            guard isAlive, !state.hasOutcome(of: note) else {
                remove(note, waiting)
                continue
            }
            take(note, waiting, topics)
        }
    }

    private mutating func take(_ note: StartNote, _ waiting: TopicPartition, _ topics: Topics) {
        if !note.isNamed {
            newDoubts.append(note)
            if let doubt = note.doubt { writes.append(doubt.record(topics)) }
        }
        guard note.policy.isNotedFirst else {
            remove(note, waiting)
            return
        }
        notes.append(note)
        guard !note.isNamed else { return }
        var named = note
        named.isNamed = true
        writes.append(named.record(topic: waiting.topic, partition: waiting.partition))
    }

    private mutating func remove(_ note: StartNote, _ waiting: TopicPartition) {
        writes.append(StartBook.tombstone(note.run, waiting, waiting.topic))
    }
}
