// Turns the chunks of a pipe into lines.

/// Cuts a stream of bytes at line feeds, whatever the chunks are.
struct LineSplitter {
    /// A longer line is handed out in pieces, so that a child that never ends a line costs bounded memory.
    static let longestLine = 64 * 1024

    private var unfinished: [UInt8] = []

    /// The lines that `chunk` completes, without their line ends.
    mutating func append(_ chunk: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in chunk {
            if byte == UInt8(ascii: "\n") {
                lines.append(takeUnfinished())
            } else {
                unfinished.append(byte)
                if unfinished.count == Self.longestLine { lines.append(takeUnfinished()) }
            }
        }
        return lines
    }

    /// What stands after the last line feed, once the stream has ended.
    mutating func finish() -> [String] {
        unfinished.isEmpty ? [] : [takeUnfinished()]
    }

    private mutating func takeUnfinished() -> String {
        if unfinished.last == UInt8(ascii: "\r") { unfinished.removeLast() }
        defer { unfinished.removeAll(keepingCapacity: true) }
        return String(decoding: unfinished, as: UTF8.self)
    }
}
