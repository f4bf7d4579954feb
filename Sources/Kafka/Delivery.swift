// What a broker answered for a sent record.

/// Where an acknowledged record lies.
package struct Delivery: Hashable, Sendable {
    package let topicPartition: TopicPartition
    /// `nil` when the broker gave none: it recognised a repeated batch of the idempotent producer.
    package let offset: Int64?
    /// Milliseconds since 1970, given only by topics that stamp the time of appending.
    package let appendTime: Int64?

    package init(topicPartition: TopicPartition, offset: Int64?, appendTime: Int64?) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.appendTime = appendTime
    }
}
