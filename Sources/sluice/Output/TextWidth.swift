// How much room text takes in a terminal.

/// Width of text in columns: East Asian wide characters and emoji take two, combining marks none.
enum TextWidth {
    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// The text without what would break a line or steer a terminal: control characters become spaces.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { clean.append(isControl(scalar) ? " " : scalar) }
        return String(clean)
    }

    /// The same for a text of several lines, which stay.
    static func printableLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
            .joined(separator: "\n")
    }

    /// JSON with the same value in which such characters are escaped.
    static func escaped(json: String) -> String {
        guard json.unicodeScalars.contains(where: isControl) else { return json }
        return json.unicodeScalars.reduce(into: "") { text, scalar in
            guard isControl(scalar) else { return text.unicodeScalars.append(scalar) }
            let digits = String(scalar.value, radix: 16)
            text += "\\u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)"
        }
    }

    /// The text, or as much of it as leaves room for an ellipsis.
    static func cut(_ text: String, to width: Int) -> String {
        guard of(text) > width, width > 0 else { return text }
        var (cut, taken) = ("", 0)
        for character in text {
            guard taken + of(character) < width else { break }
            cut.append(character)
            taken += of(character)
        }
        return cut + "…"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Format characters may turn the direction of a whole line.
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }

    private static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.isASCII { return 1 }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        case 0x0300...0x036F, 0x200B...0x200F: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
