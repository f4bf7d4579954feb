import Foundation

/// Offsets beyond a frontier that are settled, as it travels in a commit's metadata.
///
/// Text: `1` (the format) and base64 of variable-length numbers: the gap to the frontier or the former range, then the
/// range's length, in turn. Brokers accept 4,096 bytes of metadata (`offset.metadata.max.bytes`); `byteLimit` stays
/// below it, and whoever takes records stops before it overflows.
package struct SettledMap: Hashable, Sendable {
    package static let byteLimit = 3_070

    /// In order, apart from each other by at least one offset.
    package private(set) var ranges: [ClosedRange<Int64>] = []

    package init() {}

    package mutating func append(_ range: ClosedRange<Int64>) {
        if let last = ranges.last, last.upperBound + 1 >= range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    /// Nil where there is nothing to say. Ranges that don't fit are left out, the farthest first: their work may then
    /// be done again, under the same ids.
    package func metadata(frontier: Int64) -> String? {
        var bytes: [UInt8] = []
        var position = frontier
        for range in ranges {
            let before = bytes.count
            Self.write(UInt64(range.lowerBound - position), to: &bytes)
            Self.write(UInt64(range.upperBound - range.lowerBound), to: &bytes)
            position = range.upperBound
            if bytes.count > Self.byteLimit * 3 / 4 - 3 {
                bytes.removeSubrange(before...)
                break
            }
        }
        return bytes.isEmpty ? nil : "1" + Data(bytes).base64EncodedString()
    }

    /// Ranges at which nothing more should be taken until the frontier moves: with gaps and lengths below 16,384 each
    /// takes at most 4 bytes, and what is open at that moment may add as many again.
    package static let rangeLimit = byteLimit * 3 / 4 / 4 / 2

    package var isNearlyFull: Bool { ranges.count > Self.rangeLimit }

    /// Reads metadata; text of another format or of no format is an empty map.
    package init(metadata: String?, frontier: Int64) {
        guard let metadata, metadata.hasPrefix("1"),
            let data = Data(base64Encoded: String(metadata.dropFirst()))
        else { return }
        var bytes = Array(data)[...]
        var position = frontier
        while let gap = Self.read(&bytes), let length = Self.read(&bytes) {
            let lower = position.addingReportingOverflow(Int64(clamping: gap))
            let upper = lower.partialValue.addingReportingOverflow(Int64(clamping: length))
            guard !lower.overflow, !upper.overflow, upper.partialValue < Int64.max else { return }
            append(lower.partialValue...upper.partialValue)
            position = upper.partialValue
        }
    }

    private static func write(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func read(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst(), shift < 63 {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
