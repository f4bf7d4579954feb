import Foundation

/// Offsets beyond a frontier that are settled, as it travels in a commit's metadata.
///
/// Text: a format and base64. Format `1`: variable-length numbers, the gap to the frontier or the former range, then the
/// range's length, in turn. Format `2`, where those would be too many: a bit for each offset from the frontier on. Brokers
/// accept 4,096 bytes of metadata (`offset.metadata.max.bytes`); `byteLimit` stays below it, and whoever takes records
/// stops before it overflows.
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

    /// Bytes before base64.
    static let rawLimit = byteLimit * 3 / 4 - 3
    /// Offsets that a bitmap can tell of.
    package static let bitmapSpan = Int64(rawLimit * 8)

    /// Nil where there is nothing to say. Where the ranges don't fit, a bitmap tells them if it reaches far enough;
    /// else the farthest are left out: their work may then be done again, under the same ids. Whoever takes records
    /// stops before that (`OffsetLedger.isMapNearlyFull`).
    ///
    /// - Parameter floor: see `SettledMap+Floor.swift`; it takes no room from the map.
    package func metadata(frontier: Int64, floor: Int64? = nil) -> String? {
        var (format, bytes) = (Format.numbers, [UInt8]())
        if let last = ranges.last {
            let (numbers, isWhole) = numbers(from: frontier)
            let isBitmap = !isWhole && last.upperBound - frontier < Self.bitmapSpan
            (format, bytes) = isBitmap ? (.bitmap, bitmap(from: frontier)) : (.numbers, numbers)
        }
        if let floor, floor > 0 { Self.append(floor: floor, to: &bytes, format) }
        return bytes.isEmpty ? nil : format.rawValue + Data(bytes).base64EncodedString()
    }

    enum Format: String {
        case numbers = "1"
        case bitmap = "2"
    }

    /// The bytes of metadata; nil for text of another format or of no format.
    static func bytes(in metadata: String?) -> (format: Format, bytes: [UInt8])? {
        guard let metadata, let format = Format(rawValue: String(metadata.prefix(1))),
            let data = Data(base64Encoded: String(metadata.dropFirst()))
        else { return nil }
        return (format, Array(data))
    }

    private func numbers(from frontier: Int64) -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        var position = frontier
        for range in ranges {
            let before = bytes.count
            Self.write(UInt64(range.lowerBound - position), to: &bytes)
            Self.write(UInt64(range.upperBound - range.lowerBound), to: &bytes)
            position = range.upperBound
            if bytes.count > Self.rawLimit {
                bytes.removeSubrange(before...)
                return (bytes, false)
            }
        }
        return (bytes, true)
    }

    private func bitmap(from frontier: Int64) -> [UInt8] {
        guard let last = ranges.last else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int((last.upperBound - frontier) / 8 + 1))
        for range in ranges {
            for offset in range {
                let bit = Int(offset - frontier)
                bytes[bit / 8] |= 1 << (bit % 8)
            }
        }
        return bytes
    }

    /// Reads metadata; text of another format or of no format is an empty map.
    package init(metadata: String?, frontier: Int64) {
        guard let (format, bytes) = Self.bytes(in: metadata) else { return }
        switch format {
        case .numbers: read(numbers: bytes[...], frontier)
        case .bitmap: read(bitmap: bytes, frontier)
        }
    }

    private mutating func read(numbers: ArraySlice<UInt8>, _ frontier: Int64) {
        var bytes = numbers
        var position = frontier
        while let gap = Self.read(&bytes), gap != Self.floorGap, let length = Self.read(&bytes) {
            let lower = position.addingReportingOverflow(Int64(clamping: gap))
            let upper = lower.partialValue.addingReportingOverflow(Int64(clamping: length))
            guard !lower.overflow, !upper.overflow, upper.partialValue < Int64.max else { return }
            append(lower.partialValue...upper.partialValue)
            position = upper.partialValue
        }
    }

    private mutating func read(bitmap: [UInt8], _ frontier: Int64) {
        guard frontier < Int64.max - Self.bitmapSpan - 8 else { return }
        for (index, byte) in bitmap.prefix(Self.rawLimit + 1).enumerated() where byte != 0 {
            for bit in 0..<8 where byte & 1 << bit != 0 {
                let offset = frontier + Int64(index * 8 + bit)
                append(offset...offset)
            }
        }
    }

    static func write(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    static func read(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
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
