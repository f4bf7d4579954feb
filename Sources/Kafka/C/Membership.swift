// What a group knew of one of its members at one moment.

import CRdKafka

/// A member's id and generation in its group: the fence of what it commits.
///
/// Take it when partitions were assigned, and give it with each commit of work on them: once the group has moved on,
/// the commit is refused. Asked for later, it could be that of a newer assignment, to which old work doesn't belong.
///
/// `@unchecked Sendable`: librdkafka's object is never changed after its making, and its calls only copy from it.
package final class Membership: @unchecked Sendable {
    package let consumer: Consumer
    let pointer: OpaquePointer
    private let bytes: [UInt8]

    /// - Throws: `KafkaError` where the client has no group or is closed.
    init(of consumer: Consumer) throws {
        self.consumer = consumer
        pointer = try Self.current(consumer.loop.handle)
        bytes = Self.serialized(pointer)
    }

    deinit {
        rd_kafka_consumer_group_metadata_destroy(pointer)
    }

    /// Whether the member's group is still of this generation.
    func isCurrent() throws -> Bool {
        let now = try Self.current(consumer.loop.handle)
        defer { rd_kafka_consumer_group_metadata_destroy(now) }
        return Self.serialized(now) == bytes
    }

    /// To be destroyed by the caller.
    private static func current(_ handle: ClientHandle) throws -> OpaquePointer {
        let what = "membership of a consumer"
        let shared = try handle.use(what) {
            rd_kafka_consumer_group_metadata($0).map { SharedPointer(raw: $0) }
        }
        guard let shared else { throw KafkaError.misuse(what, "the consumer has no group") }
        return shared.raw
    }

    private static func serialized(_ pointer: OpaquePointer) -> [UInt8] {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(pointer, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return []
        }
        defer { rd_kafka_mem_free(nil, buffer) }
        return Array(UnsafeRawBufferPointer(start: buffer, count: size))
    }
}
