// A record read from Kafka.

/// A record as a consumer got it. Its bytes are copies: it may be kept.
package struct ConsumedRecord: Hashable, Sendable {
    /// What a record's timestamp tells.
    package enum TimestampKind: Hashable, Sendable {
        case none
        /// Set by the producer.
        case create
        /// Set by the broker when it appended the record.
        case append
    }

    package let topicPartition: TopicPartition
    package let offset: Int64
    /// Milliseconds since 1970; -1 when `timestampKind` is `none`.
    package let timestamp: Int64
    package let timestampKind: TimestampKind
    package let key: [UInt8]?
    /// `nil` is a tombstone; an empty value is a value.
    package let value: [UInt8]?
    package let headers: [RecordHeader]

    package init(
        topicPartition: TopicPartition, offset: Int64, timestamp: Int64 = -1,
        timestampKind: TimestampKind = .none,
        key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
    ) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.timestamp = timestamp
        self.timestampKind = timestampKind
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// About the memory that the record's contents take, in bytes: what buffers are bounded by.
    package var byteCount: Int {
        var count = (key?.count ?? 0) + (value?.count ?? 0)
        for header in headers { count += header.name.utf8.count + header.value.count }
        return count
    }
}
