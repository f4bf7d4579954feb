import NIOSSL

/// Whether a certificate that was found valid is for the host by its name.
///
/// NIOSSL (2.37.6) takes a certificate also where it names the address of the connection. For a URL with a host name
/// that is not enough (RFC 6125, 6.2): whoever turns the name's DNS to a machine of theirs, and has a certificate for
/// that machine's address, would pass. So a certificate with addresses has to have the name as well.
enum CertificateName {
    static func isFor(_ host: String, _ certificate: NIOSSLCertificate) -> Bool {
        let names = certificate._subjectAlternativeNames()
        guard names.contains(where: { $0.nameType == .ipAddress }) else { return true }
        return names.contains {
            $0.nameType == .dnsName && matches(String(decoding: $0.contents, as: UTF8.self), host)
        }
    }

    /// - Parameter pattern: may have `*` as its whole first label, for exactly one label.
    static func matches(_ pattern: String, _ host: String) -> Bool {
        let (pattern, host) = (labels(pattern), labels(host))
        guard pattern.count == host.count, pattern.count > 1 || pattern.first != "*" else { return false }
        return zip(pattern, host).enumerated().allSatisfy { index, pair in
            pair.0 == pair.1 && pair.0 != "*" || index == 0 && pair.0 == "*" && !pair.1.isEmpty
        }
    }

    private static func labels(_ name: String) -> [Substring] {
        let name = name.lowercased()
        return (name.hasSuffix(".") ? name.dropLast() : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
    }
}
