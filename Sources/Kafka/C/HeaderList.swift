// Record headers, to and from librdkafka's form.

import CRdKafka

/// Reads and writes header lists.
enum HeaderList {
    /// A list that the caller owns until a produce call accepted it.
    static func make(_ headers: [RecordHeader]) -> OpaquePointer? {
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            var name = header.name
            name.withUTF8 { name in
                header.value.withUnsafeBytes { value in
                    name.withMemoryRebound(to: CChar.self) { name in
                        // Fails only on a list that a message owns already, which a new one isn't.
                        _ = rd_kafka_header_add(
                            list, name.baseAddress, name.count, value.baseAddress ?? Bytes.empty, value.count)
                    }
                }
            }
        }
        return list
    }

    /// The headers of a message, copied.
    static func read(
        _ message: UnsafePointer<rd_kafka_message_t>, names: inout HeaderNames
    ) -> [RecordHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
            return []
        }
        let count = rd_kafka_header_cnt(list)
        var headers: [RecordHeader] = []
        headers.reserveCapacity(count)
        for index in 0..<count {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name
            else { break }
            headers.append(
                RecordHeader(name: names.name(name, at: index), value: Bytes.copy(value, size) ?? []))
        }
        return headers
    }
}
