/// The words of an HTML page: tags, scripts, styles and comments left out, the common entities resolved.
///
/// For excerpts only. It reads any text without failing, in one pass over its bytes, and promises nothing about
/// well-formed pages.
enum HTMLText {
    /// Bytes of words, white space aside, after which an excerpt has enough.
    private static let enough = 8_192

    static func words(of html: String) -> String {
        let bytes = Array(html.utf8)
        var words: [UInt8] = []
        var (index, visible) = (0, 0)
        // A character's bytes stay together.
        while index < bytes.count, visible < enough || bytes[index] & 0xC0 == 0x80 {
            if bytes[index] == UInt8(ascii: "<"), let end = endOfTag(bytes, index) {
                words.append(UInt8(ascii: " "))
                index = end
            } else {
                words.append(bytes[index])
                if bytes[index] > 0x20 { visible += 1 }
                index += 1
            }
        }
        return resolve(String(decoding: words, as: UTF8.self))
    }

    /// Marks, in lower case.
    private static let tagEnd = Array(">".utf8)
    private static let comment = (open: Array("<!--".utf8), close: Array("-->".utf8))
    /// What isn't shown between them.
    private static let blocks = ["script", "style"].map { name in
        (open: Array("<\(name)".utf8), close: Array("</\(name)".utf8))
    }

    /// Where what begins with this `<` ends; nil where it is no tag but a sign.
    private static func endOfTag(_ bytes: [UInt8], _ start: Int) -> Int? {
        if stands(comment.open, in: bytes, at: start) {
            return end(of: comment.close, in: bytes, from: start)
        }
        for block in blocks where stands(block.open, in: bytes, at: start) {
            return end(of: tagEnd, in: bytes, from: end(of: block.close, in: bytes, from: start))
        }
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): break
        default:
            guard "/!?".utf8.contains(bytes[start + 1]) else { return nil }
        }
        return end(of: tagEnd, in: bytes, from: start)
    }

    /// Just behind the mark, whatever its case; the end of the text where it is missing.
    private static func end(of mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if stands(mark, in: bytes, at: index) { return index + mark.count }
            index += 1
        }
        return bytes.count
    }

    /// Whether a mark stands at a place, in any case.
    private static func stands(_ mark: [UInt8], in bytes: [UInt8], at index: Int) -> Bool {
        guard index + mark.count <= bytes.count else { return false }
        for offset in mark.indices {
            let byte = bytes[index + offset]
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if (isCapital ? byte | 0x20 : byte) != mark[offset] { return false }
        }
        return true
    }

    private static let entities = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " "),
        ("&amp;", "&"),
    ]

    private static func resolve(_ text: String) -> String {
        entities.reduce(text) { text, entity in
            text.split(separator: entity.0, omittingEmptySubsequences: false).joined(separator: entity.1)
        }
    }
}
