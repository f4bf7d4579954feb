/// Reads the words of one output or tag, one ahead of the parser.
struct Lexer {
    private var cursor: Cursor
    /// The word that the parser looks at.
    private(set) var token: Token
    /// Where the word before it ended, in bytes.
    private(set) var previousEnd = 0

    private static let symbols = Token.Symbol.allCases.map { (symbol: $0, bytes: Array($0.rawValue.utf8)) }

    init(_ content: Cursor) throws(TemplateError) {
        cursor = content
        token = Token(kind: .end, location: content.location, start: content.position, end: content.position)
        try advance()
    }

    mutating func advance() throws(TemplateError) {
        previousEnd = token.end
        cursor.skipWhitespace()
        let start = cursor.position
        let location = cursor.location
        let kind = try read()
        token = Token(kind: kind, location: location, start: start, end: cursor.position)
    }

    /// Whether `:` comes right after the word that the parser looks at.
    var isFollowedByColon: Bool {
        var ahead = cursor
        ahead.skipWhitespace()
        return ahead.current == UInt8(ascii: ":")
    }

    /// Takes the symbol if it is next.
    mutating func take(_ symbol: Token.Symbol) throws(TemplateError) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    /// Takes the name if it is next.
    mutating func take(word: String) throws(TemplateError) -> Bool {
        guard token.kind == .name(word) else { return false }
        try advance()
        return true
    }

    /// The source from a byte up to the word before the next one.
    func source(from start: Int) -> String { cursor.text(start..<max(start, previousEnd)) }

    private mutating func read() throws(TemplateError) -> Token.Kind {
        guard let byte = cursor.current else { return .end }
        if byte.isNameStart { return name() }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return try string(quote: byte) }
        if byte.isDigit || byte == UInt8(ascii: "-") && cursor.peek(1)?.isDigit == true {
            return try number()
        }
        for (symbol, bytes) in Lexer.symbols
        where cursor.position + bytes.count <= cursor.end
            && Bytes.matches(bytes, cursor.bytes, at: cursor.position)
        {
            cursor.advance(by: bytes.count)
            return .symbol(symbol)
        }
        throw unexpectedCharacter()
    }

    /// Letters, digits, `_` and `-`, and at most one `?` at the end.
    private mutating func name() -> Token.Kind {
        let start = cursor.position
        while cursor.current?.isNamePart == true { cursor.advance() }
        if cursor.current == UInt8(ascii: "?") { cursor.advance() }
        return .name(cursor.text(start..<cursor.position))
    }

    private mutating func string(quote: UInt8) throws(TemplateError) -> Token.Kind {
        let opening = cursor.location
        cursor.advance()
        let start = cursor.position
        while let byte = cursor.current, byte != quote { cursor.advance() }
        guard !cursor.isAtEnd else {
            throw TemplateError(
                opening, "a string is never closed", remedy: "end it with the same quote that began it")
        }
        let text = cursor.text(start..<cursor.position)
        cursor.advance()
        return .string(text)
    }

    /// Digits with an optional fraction; two dots after digits are a range's. Too many digits make a decimal.
    private mutating func number() throws(TemplateError) -> Token.Kind {
        let (start, location) = (cursor.position, cursor.location)
        cursor.advance()
        while cursor.current?.isDigit == true { cursor.advance() }
        if cursor.current == UInt8(ascii: "."), cursor.peek(1)?.isDigit == true {
            cursor.advance()
            while cursor.current?.isDigit == true { cursor.advance() }
        }
        let digits = cursor.text(start..<cursor.position)
        if let integer = Int64(digits) { return .number(.integer(integer)) }
        guard let decimal = Double(digits), decimal.isFinite else {
            throw TemplateError(location, "a number with too many digits", remedy: "write a smaller number")
        }
        return .number(.decimal(decimal))
    }

    private func unexpectedCharacter() -> TemplateError {
        let rest = cursor.text(cursor.position..<min(cursor.end, cursor.position + 4))
        let shown = rest.unicodeScalars.prefix(1).map { $0.escaped(asASCII: false) }.joined()
        return TemplateError(
            cursor.location, "unexpected character `\(shown)`",
            remedy:
                "names may hold letters, digits, `_` and `-`; other keys go in brackets: `trigger[\"my key\"]`"
        )
    }
}
