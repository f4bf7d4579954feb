import Testing

@testable import Outgoing

/// Which addresses requests may go to: one row for each form of an address.
@Suite struct AddressPolicyTests {
    @Test(arguments: [
        ("127.0.0.1", "a loopback address"),
        ("127.255.255.254", "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("172.16.0.1", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.1.1", "a private address"),
        ("169.254.0.1", "a link-local address"),
        ("169.254.169.254", "a metadata service"),
        ("100.64.0.1", "an address behind a carrier's NAT"),
        ("100.127.255.255", "an address behind a carrier's NAT"),
        ("0.0.0.0", "an address of this network"),
        ("0.1.2.3", "an address of this network"),
        ("224.0.0.1", "a multicast address"),
        ("239.255.255.255", "a multicast address"),
        ("240.0.0.1", "a reserved address"),
        ("255.255.255.255", "a broadcast address"),
        ("192.0.0.1", "a reserved address"),
        ("192.0.2.1", "a reserved address"),
        ("192.88.99.1", "a reserved address"),
        ("198.18.0.1", "a reserved address"),
        ("198.51.100.1", "a reserved address"),
        ("203.0.113.1", "a reserved address"),
        ("::1", "a loopback address"),
        ("::", "an unspecified address"),
        ("fe80::1", "a link-local address"),
        ("febf::1", "a link-local address"),
        ("fec0::1", "a reserved address"),
        ("fc00::1", "a private address"),
        ("fdff::1", "a private address"),
        ("fd00:ec2::254", "a metadata service"),
        ("ff02::1", "a multicast address"),
        ("2001:db8::1", "a reserved address"),
        ("3fff::1", "a reserved address"),
        ("2001:20::1", "a reserved address"),
        ("100::1", "a reserved address"),
        ("64:ff9b:1::1", "a reserved address"),
        ("4000::1", "a reserved address"),
        ("8000::1", "a reserved address"),
        // An IPv4 address inside: mapped, compatible, NAT64, 6to4, Teredo (server, then client).
        ("::ffff:127.0.0.1", "a loopback address"),
        ("::ffff:169.254.169.254", "a metadata service"),
        ("::ffff:a00:1", "a private address"),
        ("::127.0.0.1", "a loopback address"),
        ("::2", "an address of this network"),
        ("64:ff9b::10.0.0.1", "a private address"),
        ("64:ff9b::a9fe:a9fe", "a metadata service"),
        ("2002:7f00:1::", "a loopback address"),
        ("2002:a9fe:a9fe::1", "a metadata service"),
        ("2001:0:a00:1::f5f5:f5f5", "a private address"),
        ("2001:0:808:808::f5ff:fffe", "a private address"),
    ]) func `what is not public is refused`(text: String, kind: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().refusal(of: address) == kind)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
        "2001:0:808:808::f7f7:f7f7",
    ]) func `what is public is allowed`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressPolicy().refusal(of: address) == nil)
    }

    @Test(arguments: [
        (["127.0.0.0/8"], ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"], ["::1", "10.0.0.1"]),
        (["10.1.0.0/16"], ["10.1.2.3", "8.8.8.8"], ["10.2.0.1", "127.0.0.1"]),
        (["10.1.2.3"], ["10.1.2.3"], ["10.1.2.4"]),
        (
            ["private"], ["10.0.0.1", "172.20.0.3", "192.168.0.1", "fd12::1"],
            ["127.0.0.1", "169.254.1.1", "100.64.0.1", "::1", "fd00:ec2::254", "0.0.0.0"]
        ),
        (["private", "127.0.0.0/8"], ["127.0.0.1", "10.0.0.1"], ["169.254.169.254"]),
        (["fd12:3456::/32"], ["fd12:3456::1"], ["fd12:3457::1"]),
        // A metadata service is allowed by its own name alone.
        (["0.0.0.0/0", "::/0"], ["127.0.0.1", "::1", "fe80::1"], ["169.254.169.254", "fd00:ec2::254"]),
        (["::/0"], ["::1"], ["::ffff:169.254.169.254", "::ffff:127.0.0.1"]),
        (["169.254.169.254"], ["169.254.169.254", "::ffff:169.254.169.254"], ["169.254.169.253"]),
    ]) func `what the configuration names is allowed, and nothing more`(
        words: [String], allowed: [String], refused: [String]
    ) throws {
        let policy = try #require(AddressPolicy(words: words) { Issue.record("\($0)") })
        for text in allowed { #expect(policy.refusal(of: try #require(IPAddress(text))) == nil, "\(text)") }
        for text in refused { #expect(policy.refusal(of: try #require(IPAddress(text))) != nil, "\(text)") }
    }

    @Test(arguments: [
        "", "privat", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0/8", "fc00::1/7",
        "::/129",
        "localhost", "0x7f.0.0.0/8",
    ]) func `a word that is no range is told`(word: String) {
        var fault: String?
        #expect(AddressPolicy(words: ["private", word]) { fault = $0 } == nil)
        #expect(fault == word)
    }

    @Test(arguments: [
        ("1.2.3.4", "1.2.3.4"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ]) func `addresses are read and written`(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "0x1.2.3.4", "1.2.3.4 ", "+1.2.3.4", ":",
        ":::", "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4::5:6:7:8", "::1%eth0", "1.2.3.4::",
        "+1::", "-1::",
        "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4",
    ]) func `other forms are no addresses`(text: String) {
        #expect(IPAddress(text) == nil)
    }
}
