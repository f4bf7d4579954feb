import Kafka

/// What a process holds per assigned partition, fenced by epochs: work of a revoked assignment finds nothing.
///
/// - A1: a state is reachable only with the epoch under which it was assigned.
/// - A2: epochs only grow, over all partitions.
package struct AssignmentTable<State: Sendable>: Sendable {
    private var entries: [TopicPartition: (epoch: Int, state: State)] = [:]
    /// Sorted: the same partitions are gone through in the same order, always and everywhere.
    private var partitions: [TopicPartition] = []
    private var lastEpoch = 0

    package init() {}

    /// Begins an assignment; a former one of the same partition is gone.
    package mutating func assign(_ partition: TopicPartition, _ state: State) -> Int {
        lastEpoch += 1
        if entries.updateValue((lastEpoch, state), forKey: partition) == nil {
            partitions.insert(partition, at: partitions.firstIndex { partition < $0 } ?? partitions.count)
        }
        return lastEpoch
    }

    package mutating func revoke(_ partition: TopicPartition) {
        if entries.removeValue(forKey: partition) != nil { partitions.removeAll { $0 == partition } }
    }

    package var count: Int { entries.count }

    package func epoch(of partition: TopicPartition) -> Int? { entries[partition]?.epoch }

    /// Reads or changes the state in place; nil where the epoch is over.
    package mutating func with<Result>(
        _ partition: TopicPartition, epoch: Int, _ body: (inout State) -> Result
    ) -> Result? {
        guard let index = entries.index(forKey: partition), entries.values[index].epoch == epoch else {
            return nil
        }
        return body(&entries.values[index].state)
    }

    /// Every assigned partition with its epoch, in the order of partitions.
    package var assignments: [(partition: TopicPartition, epoch: Int)] {
        partitions.compactMap { partition in entries[partition].map { (partition, $0.epoch) } }
    }
}
