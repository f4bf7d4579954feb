import Connectors
import Testing

@Suite struct BodyExcerptTests {
    private func excerpt(_ body: String, type: String? = nil) -> String {
        let headers = type.map { [(name: "content-type", value: $0)] } ?? []
        return BodyExcerpt.make(of: VendorResponse(status: 400, headers: headers, body: Array(body.utf8)))
    }

    @Test(arguments: [
        ("", ""), ("  \n ", ""), ("no", "no"), ("a\r\n\t b\u{0}\u{7}", "a b"),
        ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m"),
        ("a\u{202E}b\u{200B}c\u{2028}d", "abc d"), ("trà 🍵", "trà 🍵"), ("1 < 2", "1 < 2"),
        ("{\"a\": \"<b>\"}", "{\"a\": \"<b>\"}"),
    ]) func `text is shown without what can't be seen`(body: String, shown: String) {
        #expect(excerpt(body) == shown)
    }

    @Test(arguments: [
        (
            "<html><head><title>502</title><STYLE>a{}</STYLE><script>x('<b>')</script></head><!-- <p>no</p> --><body>Bad&nbsp;<b>gate</b>way</body>",
            "502 Bad gate way"
        ),
        ("<p>Tom &amp; Jerry &lt;3 &amp;lt;", "Tom & Jerry <3 &lt;"), ("<p>1 < 2 <3", "1 < 2 <3"),
        ("<p>cut <a href=\"x", "cut"), ("<!-- open", ""), ("<script>open", ""), ("<", "<"),
    ]) func `a page is reduced to its words`(body: String, shown: String) {
        #expect(excerpt(body) == shown)
        #expect(excerpt(body, type: "text/html; charset=utf-8") == shown)
    }

    @Test func `a body that calls itself JSON is no page`() {
        #expect(excerpt("<b>", type: "application/json") == "<b>")
    }

    @Test func `an excerpt is short, whatever its characters are made of`() {
        let long = excerpt(String(repeating: "ab ", count: 1000))
        #expect(long.unicodeScalars.count <= 500)
        #expect(long.hasSuffix("…"))
        #expect(excerpt("a" + String(repeating: "\u{301}", count: 10_000)).unicodeScalars.count <= 500)
        #expect(excerpt(String(repeating: "a", count: 499)).count == 499)
    }

    @Test func `bytes that are no UTF-8 are shown as far as they go`() {
        #expect(BodyExcerpt.make(of: VendorResponse(status: 400, body: [0x61, 0xFF, 0x62])) == "a\u{FFFD}b")
    }

    @Test(.timeLimit(.minutes(1))) func `a body made to be slow is read in time`() {
        for piece in [
            "<script", "<!--", "<style></", "<é", "</SCRIPT", "<a>", " ", "&lt;", "<script></script>",
        ] {
            let body = String(repeating: piece, count: 65_536 / piece.utf8.count)
            for _ in 0..<20 { #expect(excerpt(body, type: "text/html").unicodeScalars.count <= 500) }
        }
        #expect(excerpt(String(repeating: "<a", count: 100_000), type: "text/html") == "")
        #expect(
            excerpt(String(repeating: "&amp;", count: 100_000), type: "text/html").unicodeScalars.count <= 500
        )
    }
}
