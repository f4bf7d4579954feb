import Flow
import Pipeline

/// What is known of one copy of an action run.
final class RunTruth {
    /// Its newest waiting record that Kafka has taken for good.
    struct Waiting {
        let attempts: Int
        let time: Int64
        /// µs by the broker's clock; nil where no time releases it.
        let due: Int64?
        /// It is over, and only keeps its key's place.
        let keepsPlace: Bool
    }

    let key: RunKey
    let partition: Int
    /// Where its action record lies.
    let offset: Int64
    /// Its place in its key's order: a replayed run takes that of the run whose letter it is.
    var position: Int64
    let orderingKey: OrderingKey?
    /// A `wait` step stands before it: it joins its key late.
    let isDelayed: Bool
    let name: String
    var waiting: Waiting?
    /// The frontier or the map of a commit has passed it.
    var isCovered = false
    /// The ends that were told of it.
    var ends: [RunEnd] = []
    /// Dead letters that were written about it.
    var letters = 0
    /// Its key waits for what becomes of its dead letter, and what became of it.
    var keepsPlace = false
    var isReleased = false
    var isReplayed = false
    /// Settled for good: covered, and not waiting. It stays so, whatever a process writes that has lost the partition.
    var isGone = false
    /// In which tenures of owners it was begun.
    var startedIn: Set<Int> = []
    /// In which tenures of owners it ended.
    var endedIn: Set<Int> = []
    /// Counts of attempts with which it was begun.
    var attempts: Set<Int> = []
    var repeats = 0
    var allowance = 0
    var isHaunted = false
    /// It is not sent again unasked.
    let isAsking: Bool
    /// How often it was reported as in doubt, of these decided, and how often it was to be sent again.
    var doubts = 0
    var decisions = 0
    var permissions = 0
    var arrivals = 0
    /// How often its app did it.
    var actedCount = 0
    /// Looks that didn't tell.
    var unclearLooks = 0
    /// A look found that its app had done it.
    var isFound = false
    /// Attempts that a process began when it had lost the partition, and did not know.
    var strayAttempts = 0
    /// Where the note lies that asks what is to become of it, and which one was answered; -1 = none.
    var questionOffset: Int64 = -1
    var answeredOffset: Int64 = -1

    init(_ run: QueuedRun, partition: Int, isDelayed: Bool, isAsking: Bool, number: Int) {
        self.isAsking = isAsking
        key = run.key
        self.partition = partition
        offset = run.position
        position = run.position
        orderingKey = run.orderingKey
        self.isDelayed = isDelayed
        name = "r\(number)@\(run.position)"
    }

    var isReplay: Bool { key.replay > 0 }
    var hasEnd: Bool { !ends.isEmpty }
    /// Every end that was told of it is one that leaves a letter: before a crash at least once there may be another.
    var needsLetter: Bool { hasEnd && ends.allSatisfy { $0 == .rejected || $0 == .dead } }

    var isOver: Bool { isGone || isHaunted && isCovered && hasEnd }

    var state: String {
        "haunted \(isHaunted), covered \(isCovered), ended \(hasEnd), waiting \(waiting.map { "since \($0.time)" } ?? "no")"
    }
}
