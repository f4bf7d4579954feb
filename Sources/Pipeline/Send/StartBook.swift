import Flow
import Kafka

/// Attempts that are on their way, and which of them the waiting topics know of.
///
/// - D1: an attempt of an action that must not be repeated unasked, or not without a look, begins only once its note is
///   acknowledged.
/// - D2: every other attempt that is on its way when something is written is noted with it.
/// - D3: a note is removed with what its attempt came to; where it must not be repeated and both are not one transaction,
///   after that.
/// - D4: an attempt is in doubt only where nothing says what it came to (`FoundStarts`).
struct StartBook: Sendable {
    struct Start: Sendable {
        let partition: TopicPartition
        let epoch: Int
        let note: StartNote
        var isWritten = false
        var isAcknowledged = false
    }

    /// Whether a note goes in the transaction that brings what its attempt came to.
    private let isAtomic: Bool
    private var starts: [RunKey: Start] = [:]
    /// Runs that have a note in the topic.
    private var noted: [RunKey: (partition: TopicPartition, isFirst: Bool)] = [:]
    /// A note that is removed only after what its attempt came to is committed.
    struct Late: Sendable {
        let partition: TopicPartition
        let run: RunKey
    }

    /// Notes whose attempts' outcomes are to be written.
    private var ending: [Late] = []
    /// Notes whose attempts' outcomes are committed.
    private var late: [Late] = []
    private(set) var unwrittenCount = 0
    /// Of these: such that must be written before their attempts begin.
    private(set) var urgentCount = 0

    init(isAtomic: Bool = false) {
        self.isAtomic = isAtomic
    }

    var hasLate: Bool { !late.isEmpty }

    mutating func begin(_ note: StartNote, _ partition: TopicPartition, _ epoch: Int) {
        starts[note.run] = Start(partition: partition, epoch: epoch, note: note)
        unwrittenCount += 1
        if note.policy.isNotedFirst { urgentCount += 1 }
    }

    /// A predecessor's note rests in the topic.
    mutating func found(_ note: StartNote, _ partition: TopicPartition) {
        noted[note.run] = (partition, note.policy.isNotedFirst)
    }

    func isAcknowledged(_ run: RunKey) -> Bool { starts[run]?.isAcknowledged == true }

    /// The notes that go along with what is written now.
    mutating func takeUnwritten() -> [Start] {
        guard unwrittenCount > 0 else { return [] }
        var taken: [Start] = []
        // Sorted, so that the same history takes the same course.
        let unwritten = starts.filter { !$0.value.isWritten }.sorted { $0.key.id < $1.key.id }
        for (run, start) in unwritten {
            starts[run]?.isWritten = true
            noted[run] = (start.partition, start.note.policy.isNotedFirst)
            taken.append(start)
        }
        (unwrittenCount, urgentCount) = (0, 0)
        return taken
    }

    mutating func acknowledge(_ run: RunKey) {
        starts[run]?.isAcknowledged = true
    }

    /// An attempt ended.
    ///
    /// - Returns: the tombstone of its note, to be written with what it came to.
    mutating func end(_ run: RunKey, _ partition: TopicPartition, waiting topic: String) -> WireRecord? {
        if let start = starts.removeValue(forKey: run), !start.isWritten {
            unwrittenCount -= 1
            if start.note.policy.isNotedFirst { urgentCount -= 1 }
        }
        guard let note = noted.removeValue(forKey: run) else { return nil }
        guard isAtomic || !note.isFirst else {
            ending.append(Late(partition: partition, run: run))
            return nil
        }
        return Self.tombstone(run, partition, topic)
    }

    /// Nobody knows what an attempt came to, and somebody is to decide: its note stays.
    ///
    /// - Returns: the note that says so, to be written.
    mutating func keep(_ run: RunKey) -> StartNote? {
        guard let start = starts.removeValue(forKey: run) else { return nil }
        if !start.isWritten {
            unwrittenCount -= 1
            if start.note.policy.isNotedFirst { urgentCount -= 1 }
        }
        var note = start.note.asking
        note.isNamed = true
        noted[run] = (start.partition, true)
        return note
    }

    /// Notes whose attempts' outcomes are written now.
    mutating func takeEnding() -> [Late] {
        defer { ending = [] }
        return ending
    }

    /// The outcomes of these are committed.
    mutating func committed(_ notes: [Late]) {
        late += notes.filter { noted[$0.run] == nil }
    }

    /// Notes that may go.
    mutating func takeLate() -> [Late] {
        defer { late = [] }
        return late
    }

    static func tombstone(_ run: RunKey, _ partition: TopicPartition, _ topic: String) -> WireRecord {
        WireRecord(topic: topic, partition: partition.partition, key: StartNote.key(of: run), value: nil)
    }

    mutating func remove(_ partition: TopicPartition) {
        for (run, start) in starts where start.partition == partition {
            starts[run] = nil
            guard !start.isWritten else { continue }
            unwrittenCount -= 1
            if start.note.policy.isNotedFirst { urgentCount -= 1 }
        }
        noted = noted.filter { $0.value.partition != partition }
        ending.removeAll { $0.partition == partition }
        late.removeAll { $0.partition == partition }
    }
}
