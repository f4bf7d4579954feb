// How a topic is cut and kept.

/// What a topic can't be without, as the brokers tell it to everybody.
package struct TopicShape: Hashable, Sendable {
    package let partitions: Int
    /// How many brokers hold its first partition.
    package let replication: Int

    package init(partitions: Int, replication: Int) {
        self.partitions = partitions
        self.replication = replication
    }
}
