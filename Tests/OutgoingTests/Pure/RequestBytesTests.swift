import NIOCore
import Testing

@testable import Outgoing

@Suite struct RequestBytesTests {
    private static func text(
        _ method: String = "POST", _ headers: [(name: String, value: String)] = [], body: String = ""
    ) throws -> String {
        let request = HTTPRequest(
            method: method, url: "https://a.b/x?y=1", headers: headers, body: Array(body.utf8),
            timeout: .seconds(1))
        return String(buffer: try RequestBytes.make(request, try RequestURL(request.url)))
    }

    @Test func `head and body are one buffer`() throws {
        #expect(
            try Self.text("POST", [("Content-Type", "text/plain"), ("X-A", "é\t1")], body: "hi")
                == "POST /x?y=1 HTTP/1.1\r\nHost: a.b\r\nContent-Type: text/plain\r\nX-A: é\t1\r\nContent-Length: 2\r\n\r\nhi"
        )
    }

    @Test func `a length is said where there is a body or the method promises one`() throws {
        #expect(try Self.text("POST").contains("\r\nContent-Length: 0\r\n"))
        #expect(try Self.text("PUT").contains("\r\nContent-Length: 0\r\n"))
        #expect(try !Self.text("GET").contains("Content-Length"))
        #expect(try Self.text("DELETE", body: "x").contains("\r\nContent-Length: 1\r\n"))
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\u{0}b"), ("X-A", "a\u{7F}"),
        ("X-A\r\nX-B", "b"), ("X-A:", "b"), ("X A", "b"), ("", "b"), ("X-Ä", "b"), ("X-A\u{0}", "b"),
        ("Host", "other"), ("hOST", "other"), ("Content-Length", "3"), ("Transfer-Encoding", "chunked"),
        ("Connection", "close"), ("Expect", "100-continue"), ("Upgrade", "h2c"),
    ]) func `no header gets in that ends another, or that the client writes`(name: String, value: String) {
        #expect(throws: HTTPFault.self) { try Self.text("POST", [(name, value)]) }
    }

    @Test(arguments: ["", "GET /", "GET\r\n", "CONNECT", "GÉT"])
    func `a method that is no word is refused`(method: String) {
        #expect(throws: HTTPFault.self) { try Self.text(method) }
    }

    @Test func `headers have a limit`() {
        #expect(throws: HTTPFault.self) {
            try Self.text("POST", [("X-A", String(repeating: "a", count: 65_536))])
        }
    }
}
