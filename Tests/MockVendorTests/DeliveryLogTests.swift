// The log: order, bounds, the routes that show it, and its file.

import Flow
import Foundation
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeliveryLogTests {
    @Test func `requests are logged in order of arrival with all that was said`() async throws {
        try await withVendor(
            "default: [503, ok]", settings: MockVendorConfiguration(now: { 1_700_000_000_123 })
        ) {
            (vendor, client) async throws in
            for number in 1...3 {
                _ = try await client.run("r\(number)", properties: ["n": .integer(Int64(number))])
            }
            _ = try await client.run("r1", properties: ["n": 1])
            let entries = vendor.log.entries()
            #expect(entries.map(\.sequence) == [1, 2, 3, 4])
            #expect(entries.map(\.runID) == ["r1", "r2", "r3", "r1"])
            #expect(entries.map { $0.properties["n"] } == [1, 2, 3, 1])
            #expect(entries.map(\.isSuccess) == [false, false, false, true])
            let line = try JSONParser.parse(entries[3].jsonBytes)
            #expect(DeliveryEntry(json: line) == entries[3])
            #expect(
                line == [
                    "sequence": 4, "time_ms": 1_700_000_000_123, "connector": "slack",
                    "action": "slack/send-message",
                    "store": "tea-house.myshopify.com", "action_run_id": "r1", "attempt": 2,
                    "signature_valid": nil,
                    "answer": "200", "success": true, "properties": ["n": 1],
                ])
        }
    }

    @Test func `GET log pages through the entries`() async throws {
        try await withVendor { (_, client) async throws in
            for number in 1...5 { _ = try await client.run("r\(number)") }
            func page(_ query: String) async throws -> [JSON] {
                let answer = try await client.send("GET", "/log\(query)")
                #expect(answer.headers["content-type"] == "application/json")
                return try JSONParser.parse(answer.body).arrayValue ?? []
            }
            #expect(try await page("").count == 5)
            #expect(try await page("?after=2&limit=2").map { $0["sequence"] } == [3, 4])
            #expect(try await page("?after=5").isEmpty)
            #expect(try await page("?after=999").isEmpty)
            #expect(try await client.send("GET", "/log?after=x").status == 400)
            #expect(try await client.send("GET", "/log?limit=0").status == 400)
        }
    }

    @Test func `the oldest entries make room and are counted`() async throws {
        try await withVendor(settings: MockVendorConfiguration(logEntryLimit: 3)) {
            (vendor, client) async throws in
            for number in 1...5 { _ = try await client.run("r\(number)") }
            #expect(vendor.log.entries().map(\.sequence) == [3, 4, 5])
            #expect(vendor.log.entries(after: 1, limit: 2).map(\.sequence) == [3, 4])
            #expect(vendor.log.stats.dropped == 2)
            #expect(vendor.log.stats.requests == 5)
        }
    }

    @Test func `entries have a limit in bytes, too`() async throws {
        try await withVendor(settings: MockVendorConfiguration(logByteLimit: 65_536)) {
            (vendor, client) async throws in
            let text = JSON.string(String(repeating: "x", count: 30_000))
            for number in 1...5 { _ = try await client.run("r\(number)", properties: ["text": text]) }
            #expect(vendor.log.entries().map(\.sequence) == [4, 5])
            #expect(vendor.log.stats.dropped == 3)
        }
    }

    @Test func `GET stats counts by action, refusals too`() async throws {
        try await withVendor(
            "default: [ok, no-answer]", settings: MockVendorConfiguration(silenceLimit: .milliseconds(1))
        ) {
            (_, client) async throws in
            _ = try await client.run("r1")
            _ = try await client.run("r1")
            _ = try await client.run("r2", action: "trello/create-card")
            _ = try await client.send("POST", "/flow/trello", body: [1])
            let stats = try JSONParser.parse(try await client.send("GET", "/stats").body)
            #expect(
                stats == [
                    "requests": 4, "refused": 1, "dropped": 0, "faults": 1, "refreshes": 0,
                    "actions": [
                        "slack/send-message": [
                            "requests": 2, "distinct_runs": 1, "succeeded_runs": 1,
                            "repeats_after_success": 1, "acted_runs": 1, "acted_again": 0,
                            "answers": ["200": 1, "no-answer": 1],
                        ],
                        "trello/create-card": [
                            "requests": 1, "distinct_runs": 1, "succeeded_runs": 1,
                            "repeats_after_success": 0, "acted_runs": 1, "acted_again": 0,
                            "answers": ["200": 1],
                        ],
                        "refused": [
                            "requests": 1, "distinct_runs": 0, "succeeded_runs": 0,
                            "repeats_after_success": 0, "acted_runs": 0, "acted_again": 0,
                            "answers": ["400": 1],
                        ],
                    ],
                ])
        }
    }

    @Test func `refused requests take no place of an action, and their labels are cut by bytes`() async throws
    {
        try await withVendor { (vendor, client) async throws in
            for number in 1...20 { _ = try await client.send("POST", "/flow/made-up-\(number)", body: [1]) }
            #expect(vendor.log.stats.actions.keys.sorted() == ["refused"])
            #expect(vendor.log.stats.actions["refused"]?.answers == ["400": 20])
            // One character for Swift, and 20,001 bytes.
            let heavy = "e" + String(repeating: "\u{301}", count: 10_000)
            let body = JSON.object(["action_run_id": .string(heavy), "handle": "x"]).jsonBytes
            #expect(try await client.send("POST", "/flow/slack", body: body).status == 400)
            #expect(vendor.log.entries().last.map { $0.runID.utf8.count } == 255)
        }
    }

    @Test func `DELETE log forgets all but goes on counting entries`() async throws {
        try await withVendor("default: [503, ok]") { (vendor, client) async throws in
            _ = try await client.run("r1")
            #expect(try await client.send("DELETE", "/log").status == 204)
            #expect(vendor.log.entries().isEmpty)
            #expect(vendor.log.stats == DeliveryStats())
            #expect(try await client.run("r1").status == 503)
            #expect(vendor.log.entries().map(\.sequence) == [2])
        }
    }

    @Test func `PUT script replaces the script or says what is wrong with it`() async throws {
        try await withVendor { (vendor, client) async throws in
            #expect(try await client.send("GET", "/healthz").body == "ok\n")
            #expect(try await client.send("PUT", "/script", body: Array("default: [418]".utf8)).status == 204)
            #expect(try await client.run("r1").status == 418)
            let wrong = try await client.send("PUT", "/script", body: Array("default: [418]\nrule: []".utf8))
            #expect(wrong.status == 400)
            #expect(wrong.body == "script:2:1: rule is unknown here; allowed: default, rules, seed\n")
            #expect(try await client.run("r2").status == 418)
            vendor.script = VendorScript(defaultAnswers: [.status(404)])
            #expect(try await client.run("r3").status == 404)
        }
    }

    @Test func `each line is in the file before its request is answered, and a restart appends`() async throws
    {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func sequences() throws -> [JSON?] {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
                try JSONParser.parse(String($0))["sequence"]
            }
        }
        for start in 0..<2 {
            try await withVendor(settings: MockVendorConfiguration(logFile: path)) {
                (_, client) async throws in
                _ = try await client.run("r1")
                #expect(try sequences().count == start * 11 + 1)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 2...11 { group.addTask { _ = try await client.run("r\(number)") } }
                    try await group.waitForAll()
                }
                #expect(try sequences().suffix(11) == (1...11).map { .integer($0) })
            }
        }
    }

    @Test func `waiting ends with what was awaited or with what was seen`() async throws {
        try await withVendor { (vendor, client) async throws in
            async let reached: Void = vendor.log.wait(within: .seconds(30)) { $0.succeededRuns == 2 }
            _ = try await client.run("r1")
            _ = try await client.run("r2")
            try await reached
            let error = await #expect(throws: MockVendorError.self) {
                try await vendor.log.wait(within: .milliseconds(1)) { $0.requests == 3 }
            }
            #expect(error?.description.contains(#""requests":2"#) == true)
        }
    }
}
