// Which partition a key belongs to, without asking a client.

/// Java's murmur2 partitioning, as our producers use it (`murmur2_random`).
///
/// Source: org.apache.kafka.common.utils.Utils.murmur2 and BuiltInPartitioner.partitionForKey (read 2026-11).
package enum KeyPartitioner {
    /// - Parameter count: the topic's partitions; at least one.
    package static func partition(of key: [UInt8], count: Int) -> Int32 {
        Int32((hash(key) & 0x7FFF_FFFF) % UInt32(max(count, 1)))
    }

    private static func hash(_ bytes: [UInt8]) -> UInt32 {
        let multiplier: UInt32 = 0x5BD1_E995
        var hash: UInt32 = 0x9747_B28C ^ UInt32(truncatingIfNeeded: bytes.count)
        let whole = bytes.count & ~3
        for start in stride(from: 0, to: whole, by: 4) {
            var word =
                UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
                | UInt32(bytes[start + 3]) << 24
            word = word &* multiplier
            word = (word ^ word >> 24) &* multiplier
            hash = hash &* multiplier ^ word
        }
        let rest = bytes[whole...]
        if !rest.isEmpty {
            for (index, byte) in rest.enumerated() { hash ^= UInt32(byte) << UInt32(8 * index) }
            hash = hash &* multiplier
        }
        hash = (hash ^ hash >> 13) &* multiplier
        return hash ^ hash >> 15
    }
}
