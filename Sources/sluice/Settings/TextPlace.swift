// A place in a text as editors show it.

/// Line and column of a byte, counted from 1; the column in characters.
struct TextPlace: Hashable, Sendable, CustomStringConvertible {
    let line: Int
    let column: Int

    init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(max(0, offset))
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = String(decoding: before[start...], as: UTF8.self).count + 1
    }

    var description: String { "\(line):\(column)" }
}
