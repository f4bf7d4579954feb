// Paths below /api, which are taken as they were sent.

/// `/api/{connector}/…`, apart.
struct APIPath: Hashable, Sendable {
    static let start = "/api"

    let connector: String
    /// From its slash on, still escaped; empty where the connector is the end.
    let rest: String
    /// Why no vendor would find its way with this path; nil where it is as RFC 3986 wants it.
    let fault: String?

    /// Nil for a path that leads elsewhere.
    init?(_ path: String) {
        guard path == Self.start || path.hasPrefix("\(Self.start)/") else { return nil }
        let below = path.dropFirst(Self.start.count + 1)
        let end = below.firstIndex(of: "/") ?? below.endIndex
        connector = String(below[..<end])
        rest = String(below[end...])
        fault = Self.fault(connector: below[..<end], rest: below[end...])
    }

    private static func fault(connector: Substring, rest: Substring) -> String? {
        if connector.isEmpty { return "the path names no connector" }
        var segments = rest.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        // Some vendors' paths end with a slash.
        if segments.last?.isEmpty == true { segments.removeLast() }
        for segment in segments {
            if segment.isEmpty { return "the path has an empty segment" }
            if segment == "." || segment == ".." {
                return "the path has a step “\(segment)”, which clients and proxies take out"
            }
        }
        return hasBadBytes(rest.utf8) ? "the path has bytes that should be percent-encoded" : nil
    }

    /// Whether anything stands there but RFC 3986's `pchar` and slashes.
    private static func hasBadBytes(_ bytes: Substring.UTF8View) -> Bool {
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            case UInt8(ascii: "%"):
                guard let first = rest.popFirst(), let second = rest.popFirst(), isHex(first), isHex(second)
                else { return true }
            default:
                guard "-._~!$&'()*+,;=:@/".utf8.contains(byte) else { return true }
            }
        }
        return false
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
