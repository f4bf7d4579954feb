/// A position in a template's bytes that knows its line and column: everything that reads source moves one.
struct Cursor {
    let bytes: [UInt8]
    private(set) var position = 0
    private(set) var location = Location()
    /// Where reading stops: the end of the source, or of the tag that is being read.
    var end: Int

    init(_ source: String) {
        bytes = Array(source.utf8)
        end = bytes.count
    }

    var isAtEnd: Bool { position >= end }
    var current: UInt8? { position < end ? bytes[position] : nil }

    /// The byte that many places further on, nil past the end.
    func peek(_ distance: Int) -> UInt8? {
        position + distance < end ? bytes[position + distance] : nil
    }

    mutating func advance(by count: Int = 1) {
        for _ in 0..<count where position < end { step() }
    }

    mutating func advance(to target: Int) {
        while position < target, position < end { step() }
    }

    mutating func skipWhitespace() {
        while let byte = current, byte.isWhitespace { step() }
    }

    /// Continuation bytes of UTF-8 don't count as columns.
    private mutating func step() {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\n") {
            location.line += 1
            location.column = 1
        } else if byte & 0xC0 != 0x80 {
            location.column += 1
        }
    }

    func text(_ range: Range<Int>) -> String { Bytes.text(bytes[range]) }
}
