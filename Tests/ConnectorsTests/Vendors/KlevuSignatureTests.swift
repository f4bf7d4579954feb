import Testing

@testable import Connectors

/// Vectors made with Python's `hmac`; the first two are the requests that Klevu's page and its SDK's tests show.
@Suite struct KlevuSignatureTests {
    private static let key = "ABCDE1234567890"

    private func signature(
        _ method: String, _ path: String, query: String = "", timestamp: String, body: String
    ) -> String {
        KlevuSignature(
            method: method, path: path, query: query, timestamp: timestamp, apiKey: "klevu-1234567890",
            body: Array(body.utf8)
        ).text(key: Self.key)
    }

    @Test func `a request with a query is signed as Klevu's page shows it`() {
        let text = signature(
            "PUT", "/v2/batch", query: "test=1", timestamp: "2023-06-19T00:00:00.000Z", body: "{}")
        #expect(text == "05fqG0Vj6hpvM6nnFSvfswabb6F4aiyAdnPjeqcOi7aE7GST6YDnLw3ZRvOrycKY")
    }

    @Test func `without query and body their lines are empty`() {
        let text = signature("GET", "/v2/attributes", timestamp: "2023-06-19T00:00:00+00:00", body: "")
        #expect(text == "saiv9ioFZ9QN078FMF8xYKreZnNTgydFQCJjveQLDsXXjktEq0QYgWEiRYnJDOT5")
    }

    @Test func `a slash at the path's end isn't signed`() {
        let text = signature("GET", "/v2/attributes/", timestamp: "2023-06-19T00:00:00+00:00", body: "")
        #expect(text == "saiv9ioFZ9QN078FMF8xYKreZnNTgydFQCJjveQLDsXXjktEq0QYgWEiRYnJDOT5")
    }

    @Test func `the body's bytes are signed as they are`() {
        let text = signature(
            "PATCH", "/v2/batch", timestamp: "2026-11-24T09:30:00Z", body: #"{"a":"Tee für zwei ☕"}"#)
        #expect(text == "X+jEDxuvGDsoHYGs8vpsRktrR0EVmcy7o/Kfk9s/D0hfVdS+x1bJn6ijH/tE10K8")
    }

    @Test(arguments: ["POST", "patch"], ["/v2/batch", "/v2/batches"])
    func `another request has another signature`(method: String, path: String) {
        let text = signature(method, path, timestamp: "2026-11-24T09:30:00Z", body: "{}")
        #expect(text != signature("PATCH", "/v2/batch", timestamp: "2026-11-24T09:30:00Z", body: "{}"))
    }
}
