/// Cuts a source into text, outputs and tags, and takes away the white space that `-` asks for.
///
/// As in Liquid an output ends at the first `}}` and a tag at the first `%}`, inside quotes too.
struct Scanner {
    /// A piece of source. Of an output or a tag, `content` reads what stands between its marks.
    enum Chunk {
        case text(String)
        case output(content: Cursor)
        case tag(content: Cursor)
    }

    private var cursor: Cursor
    /// The last output or tag ended in `-}}` or `-%}`.
    private var trimsNextText = false

    init(_ source: String) { cursor = Cursor(source) }

    var location: Location { cursor.location }

    /// The next piece, nil at the end. Texts may be empty.
    mutating func next() throws(TemplateError) -> Chunk? {
        guard !cursor.isAtEnd else { return nil }
        guard let mark = markAhead() else { return .text(text()) }
        let opening = cursor.location
        cursor.advance(by: cursor.peek(2) == UInt8(ascii: "-") ? 3 : 2)
        var content = cursor
        let close = mark == UInt8(ascii: "{") ? UInt8(ascii: "}") : mark
        guard let end = closing(close) else {
            let (open, shut) = mark == UInt8(ascii: "{") ? ("{{", "}}") : ("{%", "%}")
            throw TemplateError(opening, "`\(open)` is never closed", remedy: "close it with `\(shut)`")
        }
        trimsNextText = end > content.position && cursor.bytes[end - 1] == UInt8(ascii: "-")
        content.end = trimsNextText ? end - 1 : end
        cursor.advance(to: end + 2)
        return mark == UInt8(ascii: "{") ? .output(content: content) : .tag(content: content)
    }

    /// The text up to `{% endraw %}` as it stands, and past that tag.
    mutating func verbatim(opening: Location) throws(TemplateError) -> String {
        let start = cursor.position
        while !cursor.isAtEnd {
            let end = cursor.position
            if markAhead() == UInt8(ascii: "%"), isEndOfRaw() {
                _ = try next()
                return cursor.text(start..<end)
            }
            cursor.advance()
        }
        throw TemplateError(opening, "`{% raw %}` is never closed", remedy: "close it with `{% endraw %}`")
    }

    /// The second byte of a `{{` or `{%` that stands right here.
    private func markAhead() -> UInt8? {
        guard cursor.current == UInt8(ascii: "{"), let next = cursor.peek(1) else { return nil }
        return next == UInt8(ascii: "{") || next == UInt8(ascii: "%") ? next : nil
    }

    private mutating func text() -> String {
        var start = cursor.position
        while !cursor.isAtEnd, markAhead() == nil { cursor.advance() }
        var end = cursor.position
        if trimsNextText {
            while start < end, cursor.bytes[start].isWhitespace { start += 1 }
        }
        if !cursor.isAtEnd, cursor.peek(2) == UInt8(ascii: "-") {
            while end > start, cursor.bytes[end - 1].isWhitespace { end -= 1 }
        }
        return cursor.text(start..<end)
    }

    /// Where the first `}}` (or `%}`) begins.
    private func closing(_ first: UInt8) -> Int? {
        var index = cursor.position
        while index + 1 < cursor.end {
            if cursor.bytes[index] == first, cursor.bytes[index + 1] == UInt8(ascii: "}") { return index }
            index += 1
        }
        return nil
    }

    private func isEndOfRaw() -> Bool {
        var ahead = cursor
        ahead.advance(by: ahead.peek(2) == UInt8(ascii: "-") ? 3 : 2)
        ahead.skipWhitespace()
        guard Bytes.matches(Array("endraw".utf8), ahead.bytes, at: ahead.position) else { return false }
        ahead.advance(by: 6)
        ahead.skipWhitespace()
        if ahead.current == UInt8(ascii: "-") { ahead.advance() }
        return Bytes.matches(Array("%}".utf8), ahead.bytes, at: ahead.position)
    }
}
