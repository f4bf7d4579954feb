import Flow
import Kafka

/// The partitions of the simulated cluster, by number.
struct Layout: Sendable {
    let partitions: [TopicPartition]
    let triggers: [Int]
    /// Each connector's.
    let actions: [[Int]]
    /// The waiting partition of an action partition.
    private let waitingOf: [Int: Int]
    let waitings: Set<Int>
    let runs: Int
    let dead: Int
    private let numbers: [TopicPartition: Int]
    private let counts: [String: Int]

    init(_ topics: Topics) {
        let named = [
            (topics.triggers(World.source), 2), (topics.actions("a"), 2), (topics.actions("b"), 1),
            (topics.waiting("a"), 2), (topics.waiting("b"), 1), (topics.runs, 1), (topics.dead, 1),
        ]
        partitions = named.flatMap { name, count in
            (0..<Int32(count)).map { TopicPartition(topic: name, partition: $0) }
        }
        triggers = [0, 1]
        actions = [[2, 3], [4]]
        waitingOf = [2: 5, 3: 6, 4: 7]
        waitings = [5, 6, 7]
        runs = 8
        dead = 9
        numbers = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($1, $0) })
        counts = Dictionary(uniqueKeysWithValues: named)
    }

    func waiting(of actions: Int) -> Int { waitingOf[actions] ?? actions }

    func number(of partition: TopicPartition) -> Int? { numbers[partition] }

    /// Where a producer writes a record.
    func number(of record: WireRecord) -> Int? {
        let count = counts[record.topic] ?? 1
        let partition =
            record.partition ?? record.key.map { KeyPartitioner.partition(of: $0, count: count) } ?? 0
        return numbers[TopicPartition(topic: record.topic, partition: partition)]
    }
}
