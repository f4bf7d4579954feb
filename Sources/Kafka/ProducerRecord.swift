// A record on its way into Kafka.

/// A record to be sent.
package struct ProducerRecord: Hashable, Sendable {
    package var topic: String
    /// `nil` lets the key decide, as Java's clients do (murmur2); records without a key are spread.
    package var partition: Int32?
    package var key: [UInt8]?
    /// `nil` is a tombstone; an empty value is a value.
    package var value: [UInt8]?
    package var headers: [RecordHeader]

    package init(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }
}
