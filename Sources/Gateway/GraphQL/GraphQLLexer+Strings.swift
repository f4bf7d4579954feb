extension GraphQLLexer {
    /// A string of either form, its quotes included; what it stands for.
    mutating func string(from start: GraphQLPlace) throws(GraphQLFault) -> String {
        if stands("\"\"\"") {
            for _ in 0..<3 { step() }
            return Self.dedented(try block(from: start))
        }
        step()
        var buffer: [UInt8] = []
        while let byte = peek() {
            let place = place
            step()
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: buffer, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &buffer, from: place)
            default: buffer.append(try checked(byte, at: place))
            }
        }
        throw .syntax("a string without a closing quote", at: start)
    }

    private mutating func block(from start: GraphQLPlace) throws(GraphQLFault) -> [UInt8] {
        var buffer: [UInt8] = []
        while let byte = peek() {
            if stands("\"\"\"") {
                for _ in 0..<3 { step() }
                return buffer
            }
            if stands("\\\"\"\"") {
                for _ in 0..<4 { step() }
                buffer += Array("\"\"\"".utf8)
                continue
            }
            buffer.append(try checked(byte, at: place))
            step()
        }
        throw .syntax("a block string without closing quotes", at: start)
    }

    private func checked(_ byte: UInt8, at place: GraphQLPlace) throws(GraphQLFault) -> UInt8 {
        guard byte >= 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else {
            throw .syntax("a control character in a string", at: place)
        }
        return byte
    }

    private mutating func escape(into buffer: inout [UInt8], from place: GraphQLPlace) throws(GraphQLFault) {
        guard let byte = peek() else { return }
        step()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): buffer += Array(String(try unicodeScalar(from: place)).utf8)
        default: throw .syntax("an unknown escape in a string", at: place)
        }
    }

    private mutating func unicodeScalar(from place: GraphQLPlace) throws(GraphQLFault) -> Character {
        let first = try hexQuad(from: place)
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        guard (0xD800...0xDBFF).contains(first), stands("\\u") else {
            throw .syntax("half of a surrogate pair in a string", at: place)
        }
        for _ in 0..<2 { step() }
        let second = try hexQuad(from: place)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else {
            throw .syntax("half of a surrogate pair in a string", at: place)
        }
        return Character(scalar)
    }

    private mutating func hexQuad(from place: GraphQLPlace) throws(GraphQLFault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw .syntax("four hexadecimal digits should follow \\u", at: place)
            }
            step()
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// What a block string stands for: without the indentation that all lines but the first share, and without blank
    /// lines at its ends. Specification, section 2.9.4, BlockStringValue.
    static func dedented(_ raw: [UInt8]) -> String {
        var lines = lines(of: raw)
        let indents = lines.dropFirst().compactMap { $0.firstIndex { !isSpace($0) } }
        if let common = indents.min() {
            for index in lines.indices.dropFirst() {
                lines[index].removeFirst(min(common, lines[index].count))
            }
        }
        let isBlank = { (line: [UInt8]) in line.allSatisfy(isSpace) }
        let first = lines.firstIndex { !isBlank($0) } ?? lines.endIndex
        let end = lines.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? lines.endIndex
        guard first < end else { return "" }
        return String(decoding: Array(lines[first..<end].joined(separator: [0x0A])), as: UTF8.self)
    }

    private static func lines(of raw: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        for (index, byte) in raw.enumerated() where byte == 0x0A || byte == 0x0D {
            if byte == 0x0A, index > 0, raw[index - 1] == 0x0D {
                start = index + 1
                continue
            }
            lines.append(Array(raw[start..<index]))
            start = index + 1
        }
        lines.append(Array(raw[start...]))
        return lines
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
