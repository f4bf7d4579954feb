/// What an address is for. Only `isPublic` ones belong to the Internet.
///
/// Sources: IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors, read 2026-11), and for
/// IPv6 the rule that only 2000::/3 is given out.
package struct AddressKind: Sendable {
    /// In words, `a loopback address`; nil for one that is public.
    package let name: String?
    var isPublic: Bool { name == nil }

    /// - Parameter address: one that holds an IPv4 address is not judged by that here, see `embedded`.
    init(_ address: IPAddress) {
        let kinds =
            switch address {
            case .v4: Self.v4
            case .v6: Self.v6
            }
        name = kinds.first { $0.ranges.contains { $0.contains(address) } }?.name
    }

    /// The IPv4 addresses that packets to an IPv6 address end at, empty for all but the forms of transition.
    static func embedded(in address: IPAddress) -> [IPAddress] {
        guard case .v6(let number) = address else { return [] }
        let last = UInt32(truncatingIfNeeded: number)
        // ::ffff:a.b.c.d (mapped), ::a.b.c.d (compatible, long obsolete), 64:ff9b::a.b.c.d (NAT64).
        if [0xFFFF, 0, 0x64_FF9B << 64].contains(number >> 32) { return [.v4(last)] }
        // 2002:aabb:ccdd:: (6to4).
        if number >> 112 == 0x2002 { return [.v4(UInt32(truncatingIfNeeded: number >> 80))] }
        // 2001:0:server:flags-and-port:client, the client's with all bits turned (Teredo).
        if number >> 96 == 0x2001_0000 { return [.v4(UInt32(truncatingIfNeeded: number >> 64)), .v4(~last)] }
        return []
    }

    /// The cloud's metadata services, which hand out credentials to whoever asks.
    static let metadata = ["169.254.169.254/32", "fd00:ec2::254/128"].compactMap { AddressRange($0) }

    /// Networks of one's own.
    static let privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
        .compactMap { AddressRange($0) }

    private typealias Kind = (name: String, ranges: [AddressRange])

    /// In this order: the first that fits counts.
    private static let v4 = [
        kind("a metadata service", "169.254.169.254/32"),
        kind("a loopback address", "127.0.0.0/8"),
        kind("a private address", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        kind("a link-local address", "169.254.0.0/16"),
        kind("an address behind a carrier's NAT", "100.64.0.0/10"),
        kind("an address of this network", "0.0.0.0/8"),
        kind("a broadcast address", "255.255.255.255/32"),
        kind("a multicast address", "224.0.0.0/4"),
        kind(
            "a reserved address", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24", "240.0.0.0/4"),
    ]

    private static let v6 = [
        kind("a metadata service", "fd00:ec2::254/128"),
        kind("a loopback address", "::1/128"),
        kind("an unspecified address", "::/128"),
        kind("a private address", "fc00::/7"),
        kind("a link-local address", "fe80::/10"),
        kind("a multicast address", "ff00::/8"),
        kind("a reserved address", "2001::/23", "2001:db8::/32", "3fff::/20", "::/3", "4000::/2", "8000::/1"),
    ]

    private static func kind(_ name: String, _ ranges: String...) -> Kind {
        (name, ranges.compactMap { AddressRange($0) })
    }
}
