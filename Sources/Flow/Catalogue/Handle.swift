/// What a connector, a trigger and an action are called by: Flow's rule, 1 to 30 characters of a-z, 0-9 and -.
///
/// Source: https://shopify.dev/docs/apps/flow/actions/reference (read 2026-11).
enum Handle {
    static let lengthLimit = 30

    static func isValid(_ text: String) -> Bool {
        (1...lengthLimit).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLowerLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    }

    /// The text, or nil and a report.
    static func check(_ text: String, _ name: String, _ reader: DocumentReader) -> String? {
        if isValid(text) { return text }
        reader.report(
            "\(reader.join(name)): “\(text)” should be 1 to \(lengthLimit) characters of a-z, 0-9 and -",
            at: reader.optional(name)?.mark)
        return nil
    }

    /// The name of a credential or setting, or nil and a report.
    static func checkName(_ text: String, _ name: String, _ reader: DocumentReader) -> String? {
        if (1...lengthLimit).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isLowerLetter || $0.isDigit || $0 == UInt8(ascii: "_") })
        {
            return text
        }
        reader.report(
            "\(reader.join(name)): “\(text)” should be 1 to \(lengthLimit) characters of a-z, 0-9 and _",
            at: reader.optional(name)?.mark)
        return nil
    }

    static func checkUnique(_ handles: [String], _ name: String, _ reader: DocumentReader) {
        var seen: Set<String> = []
        for handle in handles where !seen.insert(handle).inserted {
            reader.report(
                "\(reader.join(name)): the handle \(handle) stands here twice",
                at: reader.optional(name)?.mark)
        }
    }
}
