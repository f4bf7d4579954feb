// Each scripted answer as it arrives on a real socket, and the requests that are refused before any script.

import Connectors
import Flow
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct AnswerTests {
    @Test(arguments: [
        ("ok", 200, "application/json", "{}"),
        ("202", 202, "application/json", "{}"),
        ("404", 404, "text/plain; charset=utf-8", "scripted answer 404\n"),
        ("{ status: 400, body: no such channel }", 400, "application/json", "no such channel"),
        ("{ status: 200, body: { ok: false } }", 200, "application/json", #"{"ok":false}"#),
        ("{ status: 503, headers: { Content-Type: text/html } }", 503, "text/html", "scripted answer 503\n"),
        (
            "{ return_value: { score: 3, tags: [a] } }", 200, "application/json",
            #"{"return_value":{"score":3,"tags":["a"]}}"#
        ),
        ("{ slow_ms: 5, then: 500 }", 500, "text/plain; charset=utf-8", "scripted answer 500\n"),
    ])
    func `status, type and body arrive as scripted`(answer: String, status: Int, type: String, body: String)
        async throws
    {
        try await withVendor("default: [\(answer)]") { (vendor, client) async throws in
            let answer = try await client.run("r1")
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == type)
            #expect(answer.body == body)
            #expect(vendor.log.entries().map(\.answer) == ["\(status)"])
        }
    }

    @Test func `html is a proxy's page, garbage is no JSON, 204 has no body`() async throws {
        try await withVendor("default: [html, garbage, 204]") { (_, client) async throws in
            let page = try await client.run("r1")
            #expect(page.status == 502)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.body.contains("<h1>Bad Gateway</h1>"))
            let garbage = try await client.run("r1")
            #expect(garbage.status == 200)
            #expect(throws: JSONError.self) { try JSONParser.parse(garbage.body) }
            let empty = try await client.run("r1")
            #expect(empty.status == 204)
            #expect(empty.body.isEmpty)
        }
    }

    @Test func `Retry-After comes as seconds and as a date`() async throws {
        // 1994-11-06T08:49:35.900Z
        let script = "default: [{ status: 429, retry_after: 7 }, { status: 503, retry_after_date: 2 }]"
        try await withVendor(script, settings: MockVendorConfiguration(now: { 784_111_775_900 })) {
            (_, client) async throws in
            #expect(try await client.run("r1").headers["retry-after"] == "7")
            #expect(try await client.run("r1").headers["retry-after"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        }
    }

    @Test func `close ends the connection without a byte`() async throws {
        try await withVendor("default: [close, ok]") { (vendor, client) async throws in
            #expect(try await client.run("r1").status == nil)
            #expect(try await client.run("r1").status == 200)
            #expect(vendor.log.entries().map(\.answer) == ["close", "200"])
        }
    }

    @Test func `no-answer ends after the silence limit`() async throws {
        try await withVendor(
            "default: [no-answer]", settings: MockVendorConfiguration(silenceLimit: .milliseconds(50))
        ) {
            (vendor, client) async throws in
            #expect(try await client.run("r1").status == nil)
            #expect(vendor.log.entries().map(\.answer) == ["no-answer"])
        }
    }

    @Test func `no-answer ends when the client gives up`() async throws {
        try await withVendor("default: [no-answer]") { (_, client) async throws in
            // The suite's time limit is the silence limit, so only the hang-up can end this in time.
            let started = ContinuousClock.now
            #expect(try await client.run("r1", hangUp: true).status == nil)
            #expect(ContinuousClock.now - started < .seconds(30))
        }
    }

    @Test func `a slow success counts only if the client waited for it`() async throws {
        try await withVendor("default: [{ slow_ms: 200, then: ok }, ok]") { (vendor, client) async throws in
            _ = try await client.run("impatient", hangUp: true)
            #expect(vendor.log.stats.succeededRuns == 0)
            #expect(try await client.run("patient").status == 200)
            #expect(vendor.log.entries().map(\.isSuccess) == [false, true])
            #expect(try await client.run("impatient").status == 200)
            #expect(vendor.log.stats.repeatsAfterSuccess == 0)
            #expect(vendor.log.stats.succeededRuns == 2)
        }
    }

    @Test(arguments: [
        ("oops", "not JSON at byte 0: unexpected character where a value should stand\n"),
        ("[1]", "the body is a list, not an object\n"),
        (#"{"handle":"x"}"#, "action_run_id is missing or is no text\n"),
        (#"{"action_run_id":"r1"}"#, "handle is missing or is no text\n"),
        (#"{"action_run_id":7,"handle":"x"}"#, "action_run_id is missing or is no text\n"),
    ])
    func `what is no action run is refused with 400`(body: String, fault: String) async throws {
        try await withVendor { (vendor, client) async throws in
            let answer = try await client.send("POST", "/flow/slack", body: Array(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.body == fault)
            #expect(vendor.log.entries().map(\.answer) == ["400"])
        }
    }

    @Test func `texts and bodies have a limit`() async throws {
        try await withVendor { (vendor, client) async throws in
            let long = try await client.run(String(repeating: "r", count: 256))
            #expect(long.status == 400)
            #expect(long.body == "action_run_id is longer than 255 bytes\n")
            let body = Array(repeating: UInt8(ascii: " "), count: 1_048_577)
            #expect(try await client.send("POST", "/flow/slack", body: body).status == 413)
            #expect(vendor.log.stats.refused == 2)
        }
    }

    @Test func `deeper paths belong to the connector, other paths to nobody`() async throws {
        try await withVendor { (vendor, client) async throws in
            let body = VendorClient.body("r1", action: "slack/x", store: "s", properties: [:])
            #expect(try await client.send("POST", "/flow/slack/v2/actions?x=1", body: body).status == 200)
            #expect(vendor.log.entries().map(\.connector) == ["slack"])
            #expect(try await client.send("POST", "/elsewhere", body: body).status == 404)
        }
    }

    @Test func `attempts are counted per action run`() async throws {
        try await withVendor("default: [503, 429, ok]") { (vendor, client) async throws in
            var statuses: [Int?] = []
            for run in ["a", "a", "b", "a", "b", "a"] { statuses.append(try await client.run(run).status) }
            #expect(statuses == [503, 429, 503, 200, 429, 200])
            #expect(vendor.log.entries().map(\.attempt) == [1, 2, 1, 3, 2, 4])
            let stats = try #require(vendor.log.stats.actions["slack/send-message"])
            #expect(stats.requests == 6)
            #expect(stats.distinctRuns == 2)
            #expect(stats.succeededRuns == 1)
            #expect(stats.answers == ["503": 2, "429": 2, "200": 2])
            #expect(stats.repeatsAfterSuccess == 1)
        }
    }

    @Test func `one connection carries many requests`() async throws {
        try await withVendor { (vendor, client) async throws in
            let bodies = (1...50).map {
                VendorClient.body("r\($0)", action: "slack/x", store: "s", properties: [:])
            }
            let requests = bodies.enumerated().map { index, body in
                let connection = index == 49 ? "close" : "keep-alive"
                let head =
                    "POST /flow/slack HTTP/1.1\r\nHost: v\r\nConnection: \(connection)\r\nContent-Length: \(body.count)\r\n\r\n"
                return Array(head.utf8) + body
            }
            let answers = try await client.exchange(Array(requests.joined()))
            #expect(answers.split(separator: "HTTP/1.1 200 OK").count == 50)
            #expect(vendor.log.entries().map(\.runID) == (1...50).map { "r\($0)" })
        }
    }
}
