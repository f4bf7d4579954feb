/// A record's parts without Kafka: what wire formats are read from and written to.
package struct WireRecord: Hashable, Sendable {
    package var topic: String
    /// Nil = by the key's hash.
    package var partition: Int32?
    package var key: [UInt8]?
    /// Nil = a tombstone.
    package var value: [UInt8]?
    package var headers: [WireHeader]

    package init(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [WireHeader] = []
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
    }

    /// Bytes of a record of ours, at most: what every broker accepts by default (`max.message.bytes` 1,048,588), with
    /// room for the headers that waiting adds.
    package static let byteLimit = 1_000_000

    /// Key, value and headers, without what Kafka adds.
    package var byteCount: Int {
        (key?.count ?? 0) + (value?.count ?? 0)
            + headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.count }
    }

    /// The text of the last header of that name, nil where there is none or it is no UTF-8.
    package func header(_ name: String) -> String? {
        headers.last { $0.name == name }.flatMap { String(validating: $0.value, as: UTF8.self) }
    }

    /// Gives a header a value, in place of others of its name.
    package mutating func set(_ name: String, _ value: [UInt8]) {
        headers.removeAll { $0.name == name }
        headers.append(WireHeader(name, value))
    }

    package var keyText: String? { key.flatMap { String(validating: $0, as: UTF8.self) } }
}

package struct WireHeader: Hashable, Sendable {
    package let name: String
    package let value: [UInt8]

    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }

    package init(_ name: String, _ value: some BinaryInteger) {
        self.init(name, String(value))
    }
}

/// The place of a record in Kafka.
package struct RecordPlace: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    package let partition: Int32
    package let offset: Int64

    package init(topic: String, partition: Int32, offset: Int64) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
    }

    package var description: String { "\(topic)[\(partition)]@\(offset)" }
}
