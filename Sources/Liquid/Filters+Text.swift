/// Filters that change, cut and join texts. Lengths and places count code points, as in Ruby.
extension Filter {
    static let texts: [Filter] = [
        Filter("upcase", 0...0) { value, _ throws(Fault) in .string(try value.text().uppercased()) },
        Filter("downcase", 0...0) { value, _ throws(Fault) in .string(try value.text().lowercased()) },
        Filter("capitalize", 0...0) { value, _ throws(Fault) in .string(capitalized(try value.text())) },
        Filter("strip", 0...0) { value, _ throws(Fault) in .string(stripped(try value.text())) },
        Filter("lstrip", 0...0) { value, _ throws(Fault) in
            .string(stripped(try value.text(), atEnd: false))
        },
        Filter("rstrip", 0...0) { value, _ throws(Fault) in
            .string(stripped(try value.text(), atStart: false))
        },
        Filter("append", 1...1) { value, arguments throws(Fault) in
            .string(try joined(value.text(), arguments.text(0)))
        },
        Filter("prepend", 1...1) { value, arguments throws(Fault) in
            .string(try joined(arguments.text(0), value.text()))
        },
        Filter("replace", 1...2) { value, arguments throws(Fault) in
            .string(try replaced(value, arguments, limit: .max))
        },
        Filter("replace_first", 1...2) { value, arguments throws(Fault) in
            .string(try replaced(value, arguments, limit: 1))
        },
        Filter("remove", 1...1) { value, arguments throws(Fault) in
            .string(try replaced(value, arguments, limit: .max))
        },
        Filter("truncate", 0...2) { value, arguments throws(Fault) in
            if value == .null { return .null }
            let length = try arguments.wholeNumber(0, default: 50)
            return .string(
                truncated(try value.text(), to: length, mark: try arguments.text(1, default: "...")))
        },
        Filter("truncatewords", 0...2) { value, arguments throws(Fault) in
            if value == .null { return .null }
            let words = try arguments.wholeNumber(0, default: 15)
            return .string(
                truncated(try value.text(), words: words, mark: try arguments.text(1, default: "...")))
        },
    ]

    private static func joined(_ first: String, _ second: String) throws(Fault) -> String {
        var text = BoundedText()
        try text.append(first)
        try text.append(second)
        return text.text
    }

    /// The first letter large, all others small.
    private static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
    }

    static func stripped(_ text: String, atStart: Bool = true, atEnd: Bool = true) -> String {
        var bytes = Array(text.utf8)[...]
        if atStart { bytes = bytes.drop { $0.isWhitespace || $0 == 0 } }
        if atEnd {
            while let last = bytes.last, last.isWhitespace || last == 0 { bytes.removeLast() }
        }
        return Bytes.text(bytes)
    }

    private static func replaced(
        _ value: Value, _ arguments: Arguments, limit: Int
    ) throws(Fault) -> String {
        let text = try value.text()
        let part = BytePattern(try arguments.text(0))
        let replacement = try arguments.text(1)
        guard !part.bytes.isEmpty else {
            return try interleaved(text, with: replacement, limit: limit)
        }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        var count = 0
        while count < limit, let found = part.firstRange(in: bytes, from: index) {
            result += bytes[index..<found.lowerBound]
            result += replacement.utf8
            guard result.count <= Limits.outputBytes else { throw .textTooLong }
            index = found.upperBound
            count += 1
        }
        result += bytes[index...]
        guard result.count <= Limits.outputBytes else { throw .textTooLong }
        return Bytes.text(result)
    }

    /// What replacing "nothing" comes to: the replacement before every letter and at the end.
    private static func interleaved(
        _ text: String, with replacement: String, limit: Int
    ) throws(Fault) -> String {
        if replacement.isEmpty { return text }
        if limit == 1 { return try joined(replacement, text) }
        var result = BoundedText()
        for scalar in text.unicodeScalars {
            try result.append(replacement)
            try result.append(scalar)
        }
        try result.append(replacement)
        return result.text
    }

    /// The mark counts as part of the length.
    private static func truncated(_ text: String, to length: Int, mark: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > length else { return text }
        let kept = max(0, max(0, length) - mark.unicodeScalars.count)
        return String(scalars.prefix(kept)) + mark
    }

    /// Words are parted by white space, and by one space in the result if it is cut.
    private static func truncated(_ text: String, words: Int, mark: String) -> String {
        let limit = max(1, words)
        let pieces = text.utf8.split(maxSplits: limit, whereSeparator: \.isWhitespace)
        guard pieces.count > limit else { return text }
        return pieces.prefix(limit).map { Bytes.text($0) }.joined(separator: " ") + mark
    }
}
