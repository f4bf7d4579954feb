import Pipeline

/// What is known of one copy of an action run.
final class RunTruth {
    /// Its newest waiting record that Kafka has taken for good.
    struct Waiting {
        let attempts: Int
        let time: Int64
        /// µs by the broker's clock; nil where no time releases it.
        let due: Int64?
    }

    let key: RunKey
    let partition: Int
    let position: Int64
    let orderingKey: OrderingKey?
    /// A `wait` step stands before it: it joins its key late.
    let isDelayed: Bool
    let name: String
    var waiting: Waiting?
    /// The frontier or the map of a commit has passed it.
    var isCovered = false
    var hasEnd = false
    /// Settled for good: covered, and not waiting. It stays so, whatever a process writes that has lost the partition.
    var isGone = false
    /// In which tenures of owners it ended.
    var endedIn: Set<Int> = []
    /// Counts of attempts with which it was begun.
    var attempts: Set<Int> = []
    var repeats = 0
    var allowance = 0
    var isHaunted = false
    var arrivals = 0
    /// How often its app did it.
    var actedCount = 0

    init(_ run: QueuedRun, partition: Int, isDelayed: Bool, number: Int) {
        key = run.key
        self.partition = partition
        position = run.position
        orderingKey = run.orderingKey
        self.isDelayed = isDelayed
        name = "r\(number)@\(run.position)"
    }

    var isOver: Bool { isGone || isHaunted && isCovered && hasEnd }

    var state: String {
        "haunted \(isHaunted), covered \(isCovered), ended \(hasEnd), waiting \(waiting.map { "since \($0.time)" } ?? "no")"
    }
}
