// The argument list of librdkafka's produce call.

import CRdKafka

/// Builds and passes the arguments of `rd_kafka_produceva`.
enum RecordArguments {
    /// Hands a record over; its bytes are copied during the call.
    ///
    /// - Returns: `nil` when librdkafka took the record, and with it the headers; otherwise the error,
    ///   which the caller destroys, and nothing was taken.
    static func produce(
        _ client: OpaquePointer, topic: OpaquePointer, partition: Int32?,
        key: (start: UnsafeMutableRawPointer?, count: Int),
        value: (start: UnsafeMutableRawPointer?, count: Int),
        headers: OpaquePointer?, opaque: UnsafeMutableRawPointer
    ) -> OpaquePointer? {
        withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 7) { arguments in
            var count = 0
            func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
                arguments.initializeElement(at: count, to: rd_kafka_vu_t())
                arguments[count].vtype = type
                fill(&arguments[count])
                count += 1
            }
            add(RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topic }
            add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = partition ?? RD_KAFKA_PARTITION_UA }
            add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
            add(RD_KAFKA_VTYPE_KEY) {
                $0.u.mem.ptr = key.start
                $0.u.mem.size = key.count
            }
            add(RD_KAFKA_VTYPE_VALUE) {
                $0.u.mem.ptr = value.start
                $0.u.mem.size = value.count
            }
            add(RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = opaque }
            if let headers { add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = headers } }
            return rd_kafka_produceva(client, arguments.baseAddress, count)
        }
    }
}
