/// Comparing and classifying UTF-8 bytes. Liquid works on code points, Swift's `Character` on what a reader
/// sees (in which `\r\n` is one), so texts are taken apart as bytes here; UTF-8 makes that safe.
enum Bytes {
    static func matches(_ part: [UInt8], _ bytes: [UInt8], at index: Int) -> Bool {
        guard index + part.count <= bytes.count else { return false }
        for offset in part.indices where bytes[index + offset] != part[offset] { return false }
        return true
    }

    /// The text of bytes that were cut from a string at code points.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self)
    }
}

extension UInt8 {
    /// ASCII white space: space, tab, line feed, vertical tab, form feed, carriage return.
    var isWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    /// May begin a name: an ASCII letter or `_`.
    var isNameStart: Bool { (0x61...0x7A).contains(self) || (0x41...0x5A).contains(self) || self == 0x5F }
    /// May stand inside a name: also digits and `-`.
    var isNamePart: Bool { isNameStart || isDigit || self == UInt8(ascii: "-") }
}
