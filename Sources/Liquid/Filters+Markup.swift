/// Filters for HTML and URLs, and those that treat line ends.
extension Filter {
    static let markup: [Filter] = [
        Filter("strip_newlines", 0...0) { value, _ throws(Fault) in
            .string(try lineEndsReplaced(in: value.text(), with: ""))
        },
        Filter("newline_to_br", 0...0) { value, _ throws(Fault) in
            .string(try lineEndsReplaced(in: value.text(), with: "<br />\n"))
        },
        Filter("escape", 0...0) { value, _ throws(Fault) in
            value == .null ? .null : .string(try escaped(value.text(), keepsEntities: false))
        },
        Filter("escape_once", 0...0) { value, _ throws(Fault) in
            value == .null ? .null : .string(try escaped(value.text(), keepsEntities: true))
        },
        Filter("strip_html", 0...0) { value, _ throws(Fault) in .string(withoutTags(try value.text())) },
        Filter("url_encode", 0...0) { value, _ throws(Fault) in
            value == .null ? .null : .string(try encoded(value.text()))
        },
        Filter("url_decode", 0...0) { value, _ throws(Fault) in
            value == .null ? .null : .string(try decoded(value.text()))
        },
    ]

    private static func bounded(_ bytes: [UInt8]) throws(Fault) -> String {
        guard bytes.count <= Limits.outputBytes else { throw .textTooLong }
        return Bytes.text(bytes)
    }

    private static func lineEndsReplaced(in text: String, with mark: String) throws(Fault) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            guard byte == UInt8(ascii: "\n") else {
                result.append(byte)
                continue
            }
            if result.last == UInt8(ascii: "\r") { result.removeLast() }
            result += mark.utf8
        }
        return try bounded(result)
    }

    private static func escaped(_ text: String, keepsEntities: Bool) throws(Fault) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "&"):
                let isKept = keepsEntities && isEntity(bytes, at: index)
                result += (isKept ? "&" : "&amp;").utf8
            case UInt8(ascii: "<"): result += "&lt;".utf8
            case UInt8(ascii: ">"): result += "&gt;".utf8
            case UInt8(ascii: "\""): result += "&quot;".utf8
            case UInt8(ascii: "'"): result += "&#39;".utf8
            default: result.append(byte)
            }
        }
        return try bounded(result)
    }

    /// Whether an `&` begins something like `&lt;` or `&#39;`.
    private static func isEntity(_ bytes: [UInt8], at ampersand: Int) -> Bool {
        var index = ampersand + 1
        let isNumeric = index < bytes.count && bytes[index] == UInt8(ascii: "#")
        if isNumeric { index += 1 }
        let start = index
        while index < bytes.count, index - start < 32 {
            let isLetter = (0x61...0x7A).contains(bytes[index] | 0x20)
            guard isNumeric ? bytes[index].isDigit : isLetter else { break }
            index += 1
        }
        return index > start && index < bytes.count && bytes[index] == UInt8(ascii: ";")
    }

    /// Takes out scripts, styles and comments with what is in them, then all other tags.
    private static func withoutTags(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for (open, close) in [("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>"), ("<", ">")] {
            bytes = without(from: BytePattern(open), through: BytePattern(close), in: bytes)
        }
        return Bytes.text(bytes)
    }

    private static func without(from open: BytePattern, through close: BytePattern, in bytes: [UInt8])
        -> [UInt8]
    {
        var result: [UInt8] = []
        var index = 0
        while let start = open.firstRange(in: bytes, from: index),
            let end = close.firstRange(in: bytes, from: start.upperBound)
        {
            result += bytes[index..<start.lowerBound]
            index = end.upperBound
        }
        return result + bytes[index...]
    }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    /// As in an HTML form: a space is `+`.
    private static func encoded(_ text: String) throws(Fault) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if byte.isNamePart || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") {
                result.append(byte)
            } else if byte == UInt8(ascii: " ") {
                result.append(UInt8(ascii: "+"))
            } else {
                result += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return try bounded(result)
    }

    private static func decoded(_ text: String) throws(Fault) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexadecimalDigit(bytes[index + 1]), let low = hexadecimalDigit(bytes[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
                index += 1
            }
        }
        guard let decoded = String(validating: result, as: UTF8.self) else {
            throw Fault("`url_decode` made bytes that are not UTF-8", remedy: "encode the text as UTF-8")
        }
        return decoded
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
