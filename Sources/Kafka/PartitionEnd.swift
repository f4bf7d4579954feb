// The news that a partition was read to its end.

/// A partition was read up to the last record that was there at the time.
package struct PartitionEnd: Hashable, Sendable {
    package let topicPartition: TopicPartition
    /// The position: the offset that the next record will have at least.
    package let offset: Int64

    package init(topicPartition: TopicPartition, offset: Int64) {
        self.topicPartition = topicPartition
        self.offset = offset
    }
}
