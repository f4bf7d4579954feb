import Testing

@testable import Outgoing

@Suite struct RequestURLTests {
    @Test(arguments: [
        (
            "https://app.example.com/flow?a=b%20c", true, "app.example.com", 443, "/flow?a=b%20c",
            "app.example.com"
        ),
        ("HTTP://App.Example.com:8080", false, "app.example.com", 8080, "/", "app.example.com:8080"),
        ("https://app.example.com?x=1", true, "app.example.com", 443, "/?x=1", "app.example.com"),
        (
            "https://app.example.com/a%2Fb/../c", true, "app.example.com", 443, "/a%2Fb/../c",
            "app.example.com"
        ),
        ("https://[2001:DB8::1]:444/", true, "2001:db8::1", 444, "/", "[2001:db8::1]:444"),
        ("http://2130706433/", false, "2130706433", 80, "/", "2130706433"),
        ("http://0x7f.1/", false, "0x7f.1", 80, "/", "0x7f.1"),
        ("https://a.b:/x", true, "a.b", 443, "/x", "a.b"),
        ("https://a.b/tée", true, "a.b", 443, "/t%C3%A9e", "a.b"),
        ("https://a.b/x@y:z", true, "a.b", 443, "/x@y:z", "a.b"),
    ]) func `its parts are kept as they stand`(
        text: String, isSecure: Bool, host: String, port: Int, target: String, authority: String
    ) throws {
        let url = try RequestURL(text)
        #expect(url.destination == Destination(isSecure: isSecure, host: host, port: port))
        #expect(url.target == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "", "app.example.com", "/flow", "ftp://a.b/", "https:/a.b", "https://", "https:///x", "https://a b/",
        "https://a.b/\r\nX: y", "https://a.b/x y", "https://user:pw@a.b/", "https://a.b@c.d/",
        "https://a.b#f",
        "https://a.b/x#f", "https://a.b:0/", "https://a.b:65536/", "https://a.b:x/", "https://a.b:+80/",
        "https://[::1/", "https://[::1]x/", "https://[1.2.3.4]/", "https://[fe80::1%25eth0]/",
        "https://a\\b/",
        "https://bücher.example/", "https://a%2eb/", "https://a.b:80:80/", "https://a.b/\u{7F}",
    ]) func `what could be read in two ways is refused`(text: String) {
        #expect(throws: HTTPFault.self) { try RequestURL(text) }
    }
}
