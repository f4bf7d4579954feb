/// The parts of an absolute URL that a request needs.
///
/// Strict, since a part that two programs read differently is a way around the checks: no user, no fragment, no
/// control characters, no backslash, and a host of plain letters or an IPv6 address in brackets.
struct RequestURL: Equatable {
    let destination: Destination
    /// Path and query as they stand in the URL; bytes beyond ASCII are percent-encoded.
    let target: String
    /// For the header `Host`.
    let authority: String

    init(_ text: String) throws(HTTPFault) {
        guard text.utf8.count <= 8_192 else { throw .invalid("the URL is longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw .invalid("the URL holds a space, a backslash or a control character")
        }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), text[colon...].hasPrefix("://") else {
            throw .invalid("the URL has no scheme; use https://")
        }
        let isSecure: Bool
        switch text[..<colon].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw .invalid("the URL's scheme is neither https nor http")
        }
        let rest = text.utf8[text.utf8.index(colon, offsetBy: 3)...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let (host, port) = try Self.hostAndPort(Substring(rest[..<end]))
        destination = Destination(
            isSecure: isSecure, host: host, port: port ?? (isSecure ? 443 : 80))
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        authority = port.map { "\(name):\($0)" } ?? name
        target = try Self.target(rest[end...])
    }

    private static func hostAndPort(_ text: Substring) throws(HTTPFault) -> (host: String, port: Int?) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .invalid("the URL's host lacks a “]”") }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .invalid("the URL has no host") }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.contains(":"), let address = IPAddress(String(host)) else {
                throw .invalid("the URL's host is no IPv6 address")
            }
            return (address.description, try number(port))
        }
        if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard (1...253).contains(host.utf8.count), host.utf8.allSatisfy(isHostByte) else {
            throw .invalid(
                "the URL's host must be 1 to 253 letters, digits, dots and hyphens (others as punycode, xn--…)"
            )
        }
        return (host.lowercased(), try number(port))
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func number(_ port: Substring?) throws(HTTPFault) -> Int? {
        guard let port, !port.isEmpty else { return nil }
        guard port.utf8.count <= 5, port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(port),
            (1...65_535).contains(number)
        else { throw .invalid("the URL's port is not within 1 to 65535") }
        return number
    }

    private static func target(_ text: Substring.UTF8View) throws(HTTPFault) -> String {
        guard !text.contains(UInt8(ascii: "#")) else { throw .invalid("the URL has a fragment (#…)") }
        guard text.allSatisfy({ $0 < 0x80 }) else {
            let encoded = text.map {
                $0 < 0x80 ? String(UnicodeScalar($0)) : "%" + String($0, radix: 16, uppercase: true)
            }
            return rooted(encoded.joined())
        }
        return rooted(String(Substring(text)))
    }

    private static func rooted(_ text: String) -> String { text.hasPrefix("/") ? text : "/" + text }
}
