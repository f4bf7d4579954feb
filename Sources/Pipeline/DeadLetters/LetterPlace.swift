/// Where a dead letter lies in the dead topic: `3/4213`.
package struct LetterPlace: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let partition: Int32
    package let offset: Int64

    package init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    /// Reads `PARTITION/OFFSET`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0,
            offset >= 0
        else { return nil }
        self.init(partition: partition, offset: offset)
    }

    package var description: String { "\(partition)/\(offset)" }

    package static func < (left: LetterPlace, right: LetterPlace) -> Bool {
        (left.partition, left.offset) < (right.partition, right.offset)
    }
}
