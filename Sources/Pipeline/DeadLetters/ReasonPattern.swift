/// A reason without what differs from letter to letter, so that equal failures count as one.
///
/// Numbers become `#`, ids and long hexadecimal words `<id>`, and what stands in quotes stays, unless it has such words
/// within. The status behind `HTTP` stays, too: 401 and 410 ask for different things.
package enum ReasonPattern {
    private static let lengthLimit = 200

    package static func of(_ reason: String) -> String {
        var result = ""
        var word: [Unicode.Scalar] = []
        func flush() {
            guard !word.isEmpty else { return }
            let isStatus = word.count == 3 && word.allSatisfy(isDigit) && result.hasSuffix("HTTP ")
            result += isStatus ? text(word) : folded(word)
            word = []
        }
        for scalar in reason.unicodeScalars {
            if scalar.properties.isAlphabetic || isDigit(scalar) || scalar == "-" || scalar == "_" {
                word.append(scalar)
                // A word without an end would be kept whole.
                if word.count > 10 * lengthLimit { break }
            } else {
                flush()
                result.unicodeScalars.append(scalar.properties.isWhitespace ? " " : scalar)
            }
            if result.utf8.count > 4 * lengthLimit { break }
        }
        flush()
        return result.count > lengthLimit ? "\(result.prefix(lengthLimit))…" : result
    }

    private static func folded(_ word: [Unicode.Scalar]) -> String {
        let digits = word.count { isDigit($0) }
        guard digits > 0 else { return text(word) }
        let hex = word.count { $0.properties.isASCIIHexDigit || $0 == "-" }
        if word.count >= 12, hex == word.count || digits * 4 >= word.count { return "<id>" }
        var result = ""
        var isNumber = false
        for scalar in word {
            if isDigit(scalar) {
                if !isNumber { result.append("#") }
                isNumber = true
            } else {
                isNumber = false
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func text(_ word: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: word)
        return String(view)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
