// Kafka requests for the tests of the ApiVersions switch.

import NIOCore

/// Frames with real heads and filler bodies.
enum KafkaFrames {
    static func request(
        key: Int16, version: Int16, correlationID: Int32, bodyLength: Int = 10
    ) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeMultipleIntegers(Int32(8 + bodyLength), key, version, correlationID)
        frame.writeRepeatingByte(UInt8(ascii: "x"), count: bodyLength)
        return frame
    }

    static func apiVersions(_ version: Int16, correlationID: Int32, bodyLength: Int = 20) -> ByteBuffer {
        request(key: 18, version: version, correlationID: correlationID, bodyLength: bodyLength)
    }
}
