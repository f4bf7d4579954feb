/// Cuts a document into tokens: the lexical grammar of GraphQL's specification of October 2021, section 2.1.
///
/// Two things are taken that it forbids, because Shopify takes them and apps send them: line ends in strings of one
/// quote (published apps put a whole JSON text between two quotes), and surrogate pairs as two `\u` escapes.
struct GraphQLLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    /// Bytes of the line that begin no scalar: its columns are fewer by them.
    private var continuations = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var place: GraphQLPlace {
        GraphQLPlace(line: line, column: position - lineStart - continuations + 1)
    }

    /// The next token; the end again and again, once it is reached.
    mutating func next() throws(GraphQLFault) -> GraphQLToken {
        skipIgnored()
        let place = place
        return GraphQLToken(kind: try kind(from: place), place: place)
    }

    // MARK: Bytes

    func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    /// Goes on by one byte, and keeps count of lines and columns.
    mutating func step() {
        let byte = bytes[position]
        position += 1
        if byte == 0x0A || byte == 0x0D && peek() != 0x0A {
            line += 1
            lineStart = position
            continuations = 0
        } else if byte & 0xC0 == 0x80 {
            continuations += 1
        }
    }

    /// Whether these bytes come next.
    func stands(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: Tokens

    /// White space, line ends, commas, comments and byte order marks.
    private mutating func skipIgnored() {
        while let byte = peek() {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): step()
            case UInt8(ascii: "#"):
                while let byte = peek(), byte != 0x0A, byte != 0x0D { step() }
            case 0xEF where peek(1) == 0xBB && peek(2) == 0xBF: for _ in 0..<3 { step() }
            default: return
            }
        }
    }

    private mutating func kind(from place: GraphQLPlace) throws(GraphQLFault) -> GraphQLToken.Kind {
        guard let byte = peek() else { return .end }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            step()
            return .punctuator(byte)
        case UInt8(ascii: ".") where stands("..."):
            for _ in 0..<3 { step() }
            return .spread
        case UInt8(ascii: "\""): return .string(try string(from: place))
        case UInt8(ascii: "-"): return try number()
        case _ where byte.isDigit: return try number()
        case _ where byte.beginsName:
            let start = position
            while let byte = peek(), byte.beginsName || byte.isDigit { step() }
            return .name(text(from: start))
        default:
            let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first
            let shown = scalar.map { $0.value < 0x20 ? "U+00\(String($0.value, radix: 16))" : "“\($0)”" }
            throw .syntax("unexpected character \(shown ?? "")", at: place)
        }
    }

    private mutating func number() throws(GraphQLFault) -> GraphQLToken.Kind {
        let start = position
        if peek() == UInt8(ascii: "-") { step() }
        let isZero = peek() == UInt8(ascii: "0")
        let count = try digits()
        guard !isZero || count == 1 else { throw .syntax("a number begins with 0", at: place) }
        var isFloat = false
        if peek() == UInt8(ascii: "."), peek(1) != UInt8(ascii: ".") {
            step()
            _ = try digits()
            isFloat = true
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            step()
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { step() }
            _ = try digits()
            isFloat = true
        }
        if let byte = peek(), byte.beginsName || byte.isDigit || byte == UInt8(ascii: ".") {
            throw .syntax("a number goes on with a letter or a point", at: place)
        }
        return isFloat ? .float(text(from: start)) : .integer(text(from: start))
    }

    private mutating func digits() throws(GraphQLFault) -> Int {
        let start = position
        while let byte = peek(), byte.isDigit { step() }
        guard position > start else { throw .syntax("a number lacks a digit", at: place) }
        return position - start
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// A letter or an underscore.
    fileprivate var beginsName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
