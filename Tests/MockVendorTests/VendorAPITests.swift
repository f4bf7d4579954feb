// The vendors' public APIs: what is answered, remembered and counted.

import Connectors
import Flow
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct VendorAPITests {
    @Test func `a call that is asked as documented gets the documented success, and is logged`() async throws
    {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            let answer = try await client.create()
            #expect(answer.status == 201)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["x-tea"] == "green")
            #expect(answer.body == #"{"id":"c1","run":"r1"}"#)
            let entry = try #require(vendor.log.entries().first)
            #expect(entry.action == "tea/create-card")
            #expect(entry.call == "create")
            #expect(entry.runID == "r1")
            #expect(entry.attempt == 1)
            #expect(entry.properties == ["name": "Earl Grey"])
            #expect(entry.isSuccess)
            #expect(entry.fault == nil)
            let line = try JSONParser.parse(entry.jsonBytes)
            #expect(line["call"] == "create")
            #expect(line["kind"] == nil)
            #expect(DeliveryEntry(json: line) == entry)
        }
    }

    @Test func `Slack as it ships is played at its own path`() async throws {
        try await withVendor { (vendor, client) async throws in
            let base = try await vendor.apiBase(of: "slack")
            #expect(base == "http://127.0.0.1:\(client.port)/api/slack")
            let answer = try await client.call(
                "POST", "/api/chat.postMessage", connector: "slack",
                type: "application/json; charset=utf-8", body: ["channel": "C1", "text": "hello"])
            #expect(answer.status == 200)
            #expect(try JSONParser.parse(answer.body)["ok"] == true)
            #expect(vendor.log.stats.actions["slack/send-message"]?.succeededRuns == 1)
            #expect(vendor.log.stats.faults == 0)
        }
    }

    @Test(arguments: [
        ("503", 503, "scripted answer 503\n", "503", false, 0),
        ("ok", 201, #"{"id":"c1","run":"r1"}"#, "201", true, 1),
        ("200", 201, #"{"id":"c1","run":"r1"}"#, "201", true, 1),
        ("{ slow_ms: 5, then: ok }", 201, #"{"id":"c1","run":"r1"}"#, "201", true, 1),
        ("{ vendor: ratelimited }", 429, #"{"error":"slow"}"#, "429", false, 0),
        ("{ slow_ms: 5, then: { vendor: ratelimited } }", 429, #"{"error":"slow"}"#, "429", false, 0),
        ("{ vendor: empty }", 204, "", "204", true, 1),
        ("{ status: 200, body: { id: c2 } }", 200, #"{"id":"c2"}"#, "200", false, 0),
        ("close", nil, "", "close", false, 0),
        ("lost", nil, "", "lost", false, 1),
        ("{ slow_ms: 5, then: lost }", nil, "", "lost", false, 1),
    ])
    func `every form of an answer works for a call`(
        answer: String, status: Int?, body: String, countedAs: String, isSuccess: Bool, acted: Int
    ) async throws {
        try await withVendor("default: [\(answer)]", settings: TeaVendor.settings()) {
            (vendor, client) async throws in
            let received = try await client.create()
            #expect(received.status == status)
            #expect(received.body == body)
            #expect(vendor.log.entries().map(\.answer) == [countedAs])
            #expect(vendor.log.entries().map(\.isSuccess) == [isSuccess])
            #expect(vendor.log.stats.actedRuns == acted)
            #expect(vendor.log.stats.faults == 0)
        }
    }

    @Test func `documented headers arrive`() async throws {
        try await withVendor("default: [{ vendor: ratelimited }]", settings: TeaVendor.settings()) {
            (_, client) async throws in
            #expect(try await client.create().headers["retry-after"] == "30")
        }
    }

    @Test func `an answer that the vendor doesn't document is a fault of the script, with its name`()
        async throws
    {
        try await withVendor("default: [{ vendor: brewing }]", settings: TeaVendor.settings()) {
            (vendor, client) async throws in
            let answer = try await client.create()
            #expect(answer.status == 500)
            #expect(answer.body == "the call create has no answer brewing")
            let flow = try await client.run("r2")
            #expect(flow.status == 500)
            #expect(flow.body.contains("“brewing”"))
            #expect(vendor.log.stats.faults == 2)
            #expect(vendor.log.stats.actedRuns == 0)
            #expect(
                vendor.log.entries().allSatisfy { $0.fault?.contains("brewing") == true && $0.attempt == 1 })
        }
    }

    @Test func `what was lost is found by a look for it, and only for its run`() async throws {
        try await withVendor(
            "rules: [{ action: tea/create-card, answers: [lost, ok] }]", settings: TeaVendor.settings()
        ) { (vendor, client) async throws in
            #expect(try await client.find().status == 404)
            #expect(try await client.create().status == nil)
            #expect(try await client.find().status == 200)
            #expect(try await client.find(run: "r2").status == 404)
            #expect(vendor.log.stats.actedRuns == 1)
            #expect(vendor.log.stats.succeededRuns == 0, "nobody heard of it")
            #expect(vendor.log.stats.actedAgain == 0)
            // An engine that doesn't look does it twice.
            #expect(try await client.create().status == 201)
            #expect(vendor.log.stats.actedAgain == 1)
            #expect(vendor.log.stats.actedRuns == 1)
            #expect(try await client.send("DELETE", "/log").status == 204)
            #expect(try await client.find().status == 404)
        }
    }

    @Test func `lost works for Flow's protocol, too`() async throws {
        try await withVendor("default: [lost, ok]") { (vendor, client) async throws in
            #expect(try await client.run("r1").status == nil)
            #expect(try await client.run("r1").status == 200)
            #expect(vendor.log.entries().map(\.answer) == ["lost", "200"])
            let stats = vendor.log.stats
            #expect(
                [stats.succeededRuns, stats.repeatsAfterSuccess, stats.actedRuns, stats.actedAgain] == [
                    1, 0, 1, 1,
                ])
        }
    }

    @Test func `what is done before a slow answer is found though its client has given up`() async throws {
        let script = "rules: [{ action: tea/create-card, answers: [{ slow_ms: 100, then: ok }] }]"
        try await withVendor(script, settings: TeaVendor.settings()) { (vendor, client) async throws in
            _ = try await client.create(hangUp: true)
            #expect(try await client.find().status == 200)
            #expect(vendor.log.stats.succeededRuns == 0)
            #expect(vendor.log.stats.actedRuns == 1)
        }
    }

    @Test func `the n-th answer is for the n-th time that a call is made for a run`() async throws {
        let script = """
            rules:
              - { action: "tea/call:find", answers: [503, ok] }
              - { action: tea/create-card, answers: [500, { vendor: ratelimited }, ok] }
            """
        try await withVendor(script, settings: TeaVendor.settings()) { (vendor, client) async throws in
            var statuses: [Int?] = []
            for run in ["a", "b", "a"] {
                statuses.append(try await client.create(run: run).status)
                statuses.append(try await client.find(run: run).status)
            }
            statuses.append(try await client.create(run: "a").status)
            #expect(statuses == [500, 503, 500, 503, 429, 404, 201])
            #expect(vendor.log.entries().map(\.attempt) == [1, 1, 1, 1, 2, 2, 3])
        }
    }

    @Test func `a request without a run is answered as a first one and remembered by nobody`() async throws {
        try await withVendor("default: [503, ok]", settings: TeaVendor.settings()) {
            (vendor, client) async throws in
            for _ in 1...2 { #expect(try await client.create(run: nil).status == 503) }
            #expect(vendor.log.entries().map(\.runID) == ["", ""])
            #expect(vendor.log.stats.distinctRuns == 0)
            #expect(vendor.log.stats.requests == 2)
        }
    }

    @Test func `a call of several actions is named by its call, for scripts and in the log`() async throws {
        let script = """
            rules:
              - { action: tea/add-contact, answers: [404] }
              - { action: "tea/call:contact", store: tea-house.myshopify.com, answers: [404] }
              - { action: "tea/call:contact", answers: [409] }
              - { action: "tea/call:create", answers: [418] }
              - { action: tea/*, answers: [500] }
            """
        try await withVendor(script, settings: TeaVendor.settings()) { (vendor, client) async throws in
            #expect(try await client.call("PUT", "/v1/contacts/", body: [:]).status == 409)
            #expect(try await client.create().status == 418, "the call's name is for it, too")
            #expect(try await client.find().status == 500)
            #expect(
                vendor.log.entries().map(\.action) == [
                    "tea/call:contact", "tea/create-card", "tea/call:find",
                ])
        }
    }

    @Test func `look-ups are no deliveries: neither attempts nor repeats`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            _ = try await client.find()
            _ = try await client.create()
            _ = try await client.find()
            _ = try await client.create()
            let stats = vendor.log.stats
            #expect(stats.requests == 4)
            #expect([stats.distinctRuns, stats.succeededRuns, stats.repeatsAfterSuccess] == [1, 1, 1])
            #expect(stats.actions["tea/call:find"]?.requests == 2)
            #expect(vendor.log.entries().map(\.kind) == [.lookUp, .delivery, .lookUp, .delivery])
            #expect(vendor.log.entries().map(\.isSuccess) == [false, true, false, true])
            let line = try JSONParser.parse(vendor.log.entries()[0].jsonBytes)
            #expect(line["kind"] == "look-up")
            #expect(DeliveryEntry(json: line) == vendor.log.entries()[0])
        }
    }

    @Test func `an action of several calls is one run, done with the last of them`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            #expect(try await client.call("POST", "/v1/brews").status == 200)
            #expect(try await client.call("POST", "/v1/brews/b1/finish").status == 202)
            let stats = try #require(vendor.log.stats.actions["tea/brew"])
            #expect(
                [stats.requests, stats.distinctRuns, stats.succeededRuns, stats.actedRuns] == [2, 1, 1, 1])
            #expect(stats.repeatsAfterSuccess == 0)
            #expect(vendor.log.entries().map(\.isSuccess) == [false, true])
        }
    }

    @Test func `the order of runs is checked without look-ups`() async throws {
        func body(_ place: Int64) -> JSON { ["name": "x", "key": "k", "place": .integer(place)] }
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            _ = try await client.call("GET", "/v1/cards/x", run: "r2")
            _ = try await client.call(run: "r1", body: body(1))
            _ = try await client.call(run: "r2", body: body(2))
            func inversions() -> [DeliveryInversion] {
                vendor.log.inversions { entry in
                    DeliveryPlace(key: "k", place: entry.runID == "r1" ? 1 : entry.runID == "r2" ? 2 : 3)
                }
            }
            #expect(inversions().isEmpty, "the look for r2 came before r1, and is no delivery")
            _ = try await client.call(run: "r3", body: body(3))
            _ = try await client.call(run: "r2", body: body(2))
            #expect(inversions().isEmpty)
        }
    }

    @Test func `news are of deliveries alone`() async throws {
        var settings = try TeaVendor.settings()
        settings.newsLimit = 10
        try await withVendor(settings: settings) { (vendor, client) async throws in
            _ = try await client.find()
            _ = try await client.create()
            let (news, lost) = vendor.log.takeNews()
            #expect(lost == 0)
            let calls = news.map { one -> String? in
                if case .began(let entry) = one { entry.call } else { nil }
            }
            #expect(calls == ["create", nil])
        }
    }

    @Test func `runs of two connectors and of Flow's protocol are apart`() async throws {
        var settings = try TeaVendor.settings()
        settings.replicas = VendorReplicas([try TeaVendor.replica(), try TeaVendor.replica("coffee")])
        try await withVendor("default: [503, ok]", settings: settings) { (vendor, client) async throws in
            for _ in 1...2 {
                _ = try await client.run("r1")
                _ = try await client.create()
                _ = try await client.create(connector: "coffee")
            }
            #expect(vendor.log.entries().map(\.attempt) == [1, 1, 1, 2, 2, 2])
            #expect(vendor.log.stats.distinctRuns == 3)
        }
    }
}
