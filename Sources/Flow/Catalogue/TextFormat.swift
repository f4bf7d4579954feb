/// What text looks like: the shapes that Flow's field types ask for, no more.
///
/// Shape only: whether an address receives mail, or a URL answers, nobody can know here.
enum TextFormat {
    /// One @ with something before it and a dotted name after it, no white space.
    static func isEmail(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")), at != bytes.startIndex
        else { return false }
        let host = bytes[bytes.index(after: at)...]
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return isVisible(bytes) && !host.contains(UInt8(ascii: "@")) && labels.count >= 2
            && !labels.contains { $0.isEmpty }
    }

    /// A scheme, `://` and a host; no white space. International names are left as they are.
    static func isAbsoluteURL(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, first.isLetter
        else { return false }
        let schemeOthers = "+-.".utf8
        let rest = bytes[colon...].dropFirst()
        guard bytes[..<colon].allSatisfy({ $0.isLetter || $0.isDigit || schemeOthers.contains($0) }),
            rest.starts(with: "//".utf8), let host = rest.dropFirst(2).first
        else { return false }
        return isVisible(bytes) && !"/?#:".utf8.contains(host)
    }

    /// Digits with a point or an exponent: `-0.5`, `1e3`, but neither `1,5` nor `0x10` nor `nan`.
    static func isDecimal(_ text: String) -> Bool {
        let allowed = "+-.eE".utf8
        guard text.utf8.count <= 100, let first = text.utf8.first,
            first.isDigit || first == UInt8(ascii: "-"),
            text.utf8.allSatisfy({ $0.isDigit || allowed.contains($0) })
        else { return false }
        return Double(text)?.isFinite ?? false
    }

    /// A whole number that fits 64 bits: `150`, `-3`.
    static func isInteger(_ text: String) -> Bool {
        text.utf8.first != UInt8(ascii: "+") && Int64(text) != nil
    }

    /// A numeric id, or Shopify's global one of that kind: `77120`, `gid://shopify/Customer/77120`.
    static func isReference(_ text: String, to resource: String) -> Bool {
        let prefix = "gid://shopify/\(resource)/"
        let digits = text.hasPrefix(prefix) ? text.utf8.dropFirst(prefix.utf8.count) : text.utf8[...]
        return (1...19).contains(digits.count) && digits.allSatisfy { $0.isDigit }
            && digits.contains { $0 != UInt8(ascii: "0") }
    }

    /// Neither white space nor control characters of ASCII.
    private static func isVisible(_ bytes: String.UTF8View) -> Bool {
        bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
