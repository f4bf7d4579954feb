// A group's progress in a partition.

/// The offset that a group goes on from, and what it keeps beside it.
package struct OffsetCommit: Hashable, Sendable {
    package let topicPartition: TopicPartition
    /// The next offset to read: one more than the last that is done.
    package let offset: Int64
    /// Free text that the broker keeps with the offset, 4096 bytes at most by default.
    package let metadata: String?

    package init(topicPartition: TopicPartition, offset: Int64, metadata: String? = nil) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.metadata = metadata
    }
}
