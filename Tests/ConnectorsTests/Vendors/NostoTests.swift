import Flow
import Liquid
import Testing

@testable import Connectors

@Suite struct NostoTests {
    @Test(arguments: [
        "https://api.nosto.com", "HTTPS://proxy.example/nosto", "http://127.0.0.1:8080", "http://[::1]:80",
        "http://localhost",
    ])
    func `a key goes out over TLS, or stays on this machine`(base: String) {
        #expect(Nosto.isPrivate(base))
    }

    @Test(arguments: [
        "http://api.nosto.com", "http://127.0.0.1.example", "http://localhost.example:80",
        "ftp://api.nosto.com", "http://proxy/https://",
    ])
    func `a key that Nosto would revoke is not sent`(base: String) async {
        #expect(!Nosto.isPrivate(base))
    }

    @Test func `text can't leave its string`() {
        #expect(Nosto.literal(#"a"b\c"#) == #""a\"b\\c""#)
        #expect(Nosto.literal("a\nb\u{7}") == #""a\nb\u0007""#)
    }
}
