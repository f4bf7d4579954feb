// Where reading begins in a partition.

/// A partition to be read, and from where.
package struct PartitionStart: Hashable, Sendable {
    package let topicPartition: TopicPartition
    package let offset: StartOffset

    package init(topicPartition: TopicPartition, offset: StartOffset) {
        self.topicPartition = topicPartition
        self.offset = offset
    }
}
