// Room for the error texts that librdkafka writes into its caller's memory.

/// A buffer for a zero-terminated text.
struct ErrorText {
    var bytes = [CChar](repeating: 0, count: 512)

    var string: String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
