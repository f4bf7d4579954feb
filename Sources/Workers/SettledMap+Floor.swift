// What travels in the same metadata behind the map: a floor, from where on another topic counts.

extension SettledMap {
    /// What a floor adds to `byteLimit`, at most.
    package static let floorBytes = 24

    /// A gap that no map has: the number that follows it is a floor. Versions that know of none stop there, and have the
    /// whole map.
    static let floorGap = UInt64(Int64.max)
    /// Where a floor stands behind a bitmap: beyond what those versions look at.
    private static let bitmapEnd = rawLimit + 1

    /// The floor in a commit's metadata; nil where there is none, and for text of another format.
    package static func floor(in metadata: String?) -> Int64? {
        guard let (format, bytes) = bytes(in: metadata) else { return nil }
        var rest = bytes[...]
        switch format {
        case .numbers:
            while let gap = read(&rest), let number = read(&rest) {
                if gap == floorGap { return Int64(clamping: number) }
            }
            return nil
        case .bitmap:
            rest = rest.dropFirst(bitmapEnd)
            return read(&rest).map { Int64(clamping: $0) }
        }
    }

    static func append(floor: Int64, to bytes: inout [UInt8], _ format: Format) {
        switch format {
        case .numbers: write(floorGap, to: &bytes)
        case .bitmap: bytes += [UInt8](repeating: 0, count: max(0, bitmapEnd - bytes.count))
        }
        write(UInt64(floor), to: &bytes)
    }
}
