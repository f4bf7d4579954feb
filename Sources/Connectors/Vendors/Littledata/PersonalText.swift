/// Whether a text holds an e-mail address or a telephone number: a coarse look that rather takes too much for one.
enum PersonalText {
    /// What it holds, in words; nil for nothing of the kind.
    static func kind(of text: String) -> String? {
        if text.split(whereSeparator: \.isWhitespace).contains(where: isAddress) {
            return "an e-mail address"
        }
        return isNumber(text) ? "a telephone number" : nil
    }

    private static func isAddress(_ word: Substring) -> Bool {
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".")
    }

    /// `+49 (151) 234-5678`: a plus sign, and then nothing but 7 to 15 digits and what stands between them.
    private static func isNumber(_ text: String) -> Bool {
        let rest = text.drop(while: \.isWhitespace)
        guard rest.first == "+", rest.dropFirst().allSatisfy({ $0.isNumber || " ()-./".contains($0) }) else {
            return false
        }
        return (7...15).contains(rest.count(where: \.isNumber))
    }
}
