/// Whether a text holds an e-mail address or a telephone number: a coarse look that rather takes too much for an
/// address. Numbers of orders, goods and days it leaves alone: `Apps/littledata/README.md` says what it doesn't find.
enum PersonalText {
    /// What it holds, in words; nil for nothing of the kind.
    static func kind(of text: String) -> String? {
        let words = text.split { $0.isWhitespace || ",;/<>()\":|".contains($0) }
        if words.contains(where: isAddress) { return "an e-mail address" }
        // What may stand within a number doesn't end a part.
        return text.split { ",;<>\":|".contains($0) }.contains(where: isNumber) ? "a telephone number" : nil
    }

    /// Any `x@y.z` within it.
    private static func isAddress(_ word: Substring) -> Bool {
        let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        return zip(parts, parts.dropFirst()).contains { name, host in
            !name.isEmpty && host.split(separator: ".").count > 1
        }
    }

    /// Nothing but digits and what stands between them: 7 to 15 behind a plus sign, or as only telephones have them.
    private static func isNumber(_ part: Substring) -> Bool {
        let text = part.drop(while: \.isWhitespace)
        let isInternational = text.first == "+"
        let rest = isInternational ? text.dropFirst() : text
        guard rest.allSatisfy({ $0.isNumber || $0.isWhitespace || "()-./".contains($0) }) else {
            return false
        }
        let digits = rest.count(where: \.isNumber)
        return isInternational ? (7...15).contains(digits) : (9...15).contains(digits) && isDialled(rest)
    }

    /// `0151 2345678`, `(415) 555-0100`. Without a plus sign most numbers of orders look like one of a telephone, so it
    /// has to be in groups, and to begin with a zero that isn't alone, or with an area code of three digits in brackets.
    private static func isDialled(_ text: Substring) -> Bool {
        let groups = text.split { !$0.isNumber }
        guard groups.count > 1, let area = groups.first else { return false }
        if text.hasPrefix("(\(area))"), area.count == 3 { return true }
        let isDay = groups.prefix(3).map(\.count) == [2, 2, 4]
        return area.hasPrefix("0") && area.count > 1 && !area.hasPrefix("000") && !isDay
    }
}
