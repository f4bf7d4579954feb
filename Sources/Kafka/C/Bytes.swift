// Copies of the bytes behind librdkafka's pointers, with null and empty told apart.

/// Reads and lends raw bytes.
enum Bytes {
    /// One readable byte that stands for empty contents: to librdkafka a null pointer means "no value".
    ///
    /// `nonisolated(unsafe)`: never written after it was made, and never freed.
    nonisolated(unsafe) static let emptyBuffer: UnsafePointer<UInt8> = {
        let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()

    static var empty: UnsafeRawPointer { UnsafeRawPointer(emptyBuffer) }

    /// `nil` for a null pointer, an empty array for an empty value.
    static func copy(_ pointer: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        guard let pointer else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// Lends the bytes of an optional array: a null pointer for `nil`, a non-null one for empty.
    static func lend<Value>(
        _ bytes: [UInt8]?, _ body: (UnsafeMutableRawPointer?, Int) throws -> Value
    ) rethrows -> Value {
        guard let bytes else { return try body(nil, 0) }
        return try bytes.withUnsafeBytes { buffer in
            // librdkafka's signature isn't const, but with the copy flag it only reads.
            try body(UnsafeMutableRawPointer(mutating: buffer.baseAddress ?? empty), buffer.count)
        }
    }
}
