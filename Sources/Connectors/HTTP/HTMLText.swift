/// The words of an HTML page: tags, scripts, styles and comments left out, the common entities resolved.
///
/// For excerpts only. It reads any text without failing, and promises nothing about well-formed pages.
enum HTMLText {
    static func words(of html: String) -> String {
        var result = ""
        var rest = html[...]
        while let open = rest.firstIndex(of: "<") {
            result += rest[..<open]
            rest = rest[open...]
            if let end = endOfTag(rest) {
                rest = rest[end...]
                result += " "
            } else {
                result += "<"
                rest = rest.dropFirst()
            }
        }
        return resolve(result + rest)
    }

    /// Where what begins with this `<` ends; nil where it is no tag but a sign.
    private static func endOfTag(_ text: Substring) -> String.Index? {
        if text.hasPrefix("<!--") { return end(of: "-->", in: text) }
        for name in ["script", "style"] where text.dropFirst().prefix(name.count).lowercased() == name {
            return end(of: ">", in: text[end(of: "</\(name)", in: text)...])
        }
        guard let second = text.dropFirst().first,
            second.isLetter || second == "/" || second == "!" || second == "?"
        else {
            return nil
        }
        return end(of: ">", in: text)
    }

    /// Just behind the mark, whatever its case; the end of the text where it is missing.
    private static func end(of mark: String, in text: Substring) -> String.Index {
        var start = text.startIndex
        while start < text.endIndex {
            let candidate = text[start...].prefix(mark.count)
            if candidate.lowercased() == mark { return candidate.endIndex }
            start = text.index(after: start)
        }
        return text.endIndex
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
