/// A short, printable excerpt of an answer, to be shown to people as the reason why an attempt failed.
///
/// Vendors answer with JSON, with text, and with whole HTML pages of their proxies; of these only the words are
/// kept. Nothing that could steer a terminal or turn the direction of writing gets through.
package enum BodyExcerpt {
    /// Unicode scalars of an excerpt, at most: a single character may have any number of them.
    package static let limit = 500
    /// Bytes of a body that are looked at.
    private static let window = 65_536

    /// Empty where the body has nothing to show.
    package static func make(of response: VendorResponse) -> String {
        let text = String(decoding: response.body.prefix(window), as: UTF8.self)
        return printable(isHTML(response, text) ? HTMLText.words(of: text) : text)
    }

    /// Whether the body is a page, by its type, or where it has none by how it begins.
    static func isHTML(_ response: VendorResponse) -> Bool {
        isHTML(response, String(decoding: response.body.prefix(window), as: UTF8.self))
    }

    private static func isHTML(_ response: VendorResponse, _ text: String) -> Bool {
        if let type = response.header("Content-Type")?.lowercased() { return type.contains("html") }
        return text.first { !$0.isWhitespace } == "<"
    }

    /// Runs of white space become one space; control and invisible characters are left out.
    private static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isSpacePending = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                isSpacePending = !result.isEmpty
                continue
            }
            guard isVisible(scalar) else { continue }
            guard result.count + (isSpacePending ? 2 : 1) < limit else { return String(result) + "…" }
            if isSpacePending { result.append(" ") }
            isSpacePending = false
            result.append(scalar)
        }
        return String(result)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        default: true
        }
    }
}
