/// A piece of text to search for, in time that grows with the text alone, whatever repeats in either (Knuth,
/// Morris and Pratt): a template's author must not be able to make a search slow.
package struct BytePattern {
    let bytes: [UInt8]
    /// For each place the length of the longest beginning that also ends there.
    private let borders: [Int]

    package init(_ text: String) {
        let bytes = Array(text.utf8)
        var borders = Array(repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = borders[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            borders[index] = length
        }
        self.bytes = bytes
        self.borders = borders
    }

    /// Where it first lies in the text, at `start` or later. An empty pattern lies nowhere.
    package func firstRange(in text: [UInt8], from start: Int) -> Range<Int>? {
        guard !bytes.isEmpty else { return nil }
        var length = 0
        var index = start
        while index < text.count {
            while length > 0, text[index] != bytes[length] { length = borders[length - 1] }
            if text[index] == bytes[length] { length += 1 }
            index += 1
            if length == bytes.count { return index - length..<index }
        }
        return nil
    }
}
