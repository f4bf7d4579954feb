// Walks through the fields of a Kafka frame, as far as the proxy has to know them.

import NIOCore

/// A place in a frame that moves from field to field; nil answers mean that the frame is not as expected.
struct KafkaFields {
    private(set) var frame: ByteBuffer
    private(set) var index: Int
    /// Whether lengths are the compact ones of flexible versions.
    let isFlexible: Bool

    init(_ frame: ByteBuffer, at index: Int, isFlexible: Bool) {
        self.frame = frame
        self.index = index
        self.isFlexible = isFlexible
    }

    mutating func integer<Number: FixedWidthInteger>(as type: Number.Type = Number.self) -> Number? {
        guard let number = frame.getInteger(at: index, as: type) else { return nil }
        index += MemoryLayout<Number>.size
        return number
    }

    /// Elements of an array.
    mutating func count() -> Int? {
        isFlexible ? varint().map { max(0, $0 - 1) } : integer(as: Int32.self).map { max(0, Int($0)) }
    }

    /// A text that may be null.
    mutating func skipText() -> Bool {
        let length =
            isFlexible ? varint().map { max(0, $0 - 1) } : integer(as: Int16.self).map { max(0, Int($0)) }
        guard let length, index + length <= frame.writerIndex else { return false }
        index += length
        return true
    }

    /// The tagged fields of flexible versions; nothing in others.
    mutating func skipTags() -> Bool {
        guard isFlexible else { return true }
        guard let count = varint() else { return false }
        for _ in 0..<count {
            guard varint() != nil, let size = varint(), index + size <= frame.writerIndex else {
                return false
            }
            index += size
        }
        return true
    }

    /// Puts a number in the place of the next one of its size.
    mutating func replace<Number: FixedWidthInteger>(_ change: (Number) -> Number) -> Bool {
        guard let number = frame.getInteger(at: index, as: Number.self) else { return false }
        frame.setInteger(change(number), at: index)
        index += MemoryLayout<Number>.size
        return true
    }

    private mutating func varint() -> Int? {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard let byte = frame.getInteger(at: index, as: UInt8.self) else { return nil }
            index += 1
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
