// Requests that don't fit a vendor's description: answered as the vendor would, and visible.

import Connectors
import Flow
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct VendorFaultTests {
    /// A request's fault, and how it was answered.
    private func fault(
        _ send: (VendorClient) async throws -> RawAnswer, isolation: isolated (any Actor)? = #isolation
    ) async throws -> (answer: RawAnswer, entry: DeliveryEntry) {
        try await withVendor("default: [ok]", settings: TeaVendor.settings()) {
            (vendor, client) async throws in
            let answer = try await send(client)
            let entry = try #require(vendor.log.entries().first)
            #expect(entry.attempt == 0)
            #expect(!entry.isSuccess)
            #expect(DeliveryEntry(json: try JSONParser.parse(entry.jsonBytes)) == entry)
            #expect(vendor.log.stats.faults == 1)
            #expect(vendor.log.stats.refused == 1)
            #expect(vendor.log.stats.actedRuns == 0)
            #expect(vendor.log.stats.actions.keys.sorted() == ["refused"])
            // It used up no attempt.
            _ = try await client.create()
            #expect(vendor.log.entries().last?.attempt == 1)
            return (answer, entry)
        }
    }

    @Test func `without the credentials the documented answer comes`() async throws {
        let (answer, entry) = try await fault { try await $0.create(token: nil) }
        #expect(answer.status == 401)
        #expect(answer.body == #"{"error":"who"}"#)
        #expect(entry.fault == "the header Authorization should be Bearer *")
        #expect(entry.action == "tea/create-card")
        #expect(entry.runID == "r1")
    }

    @Test func `a wrong body gets the documented answer`() async throws {
        let (answer, entry) = try await fault { try await $0.create(name: 5) }
        #expect(answer.status == 422)
        #expect(answer.body == #"{"error":"what"}"#)
        #expect(entry.fault?.contains("the body.name should be a string") == true)
        #expect(entry.properties == ["name": 5])
    }

    @Test func `a body that is no JSON is kept as text`() async throws {
        let (answer, entry) = try await fault {
            try await $0.send(
                "POST", "/api/tea/v1/cards",
                headers: [("Authorization", "Bearer t"), ("Content-Type", "application/json")],
                body: Array("name=Assam".utf8))
        }
        #expect(answer.status == 422)
        #expect(entry.fault == "the body is no JSON")
        #expect(entry.properties == "name=Assam")
    }

    @Test(arguments: [
        ("POST", "/v1/cups"), ("DELETE", "/v1/cards"), ("PURGE", "/v1/cards"), ("GET", ""), ("GET", "/"),
    ])
    func `a call that isn't there is answered with 404 and what was asked`(method: String, path: String)
        async throws
    {
        let (answer, entry) = try await fault { try await $0.call(method, path) }
        #expect(answer.status == 404)
        #expect(answer.body == "tea has no call \(method) \(path)")
        #expect(entry.fault == answer.body)
        #expect(entry.call == nil)
        #expect(entry.action == "tea")
    }

    @Test func `a connector without a description says which are there`() async throws {
        let (answer, entry) = try await fault { try await $0.create(connector: "coffee") }
        #expect(answer.status == 404)
        #expect(answer.body == "no public API of “coffee” is described here, only of: tea\n")
        #expect(entry.connector == "coffee")
    }

    @Test(arguments: [
        ("//v1/cards", "the path has an empty segment: //v1/cards"),
        ("/v1//cards", "the path has an empty segment: /v1//cards"),
        ("/v1/cards//", "the path has an empty segment"),
        ("/v1/../v1/cards", "the path has a step “..”"),
        ("/./v1/cards", "the path has a step “.”"),
        ("/v1/cards/%", "the path has bytes that should be percent-encoded"),
        ("/v1/cards/%4", "the path has bytes that should be percent-encoded"),
        ("/v1/cards/%zz", "the path has bytes that should be percent-encoded"),
        ("/v1/cards/a|b", "the path has bytes that should be percent-encoded"),
    ])
    func `a path that leads nowhere is refused`(path: String, fault expected: String) async throws {
        let (answer, entry) = try await fault { try await $0.call("GET", path) }
        #expect(answer.status == 400)
        #expect(entry.fault?.hasPrefix(expected) == true, "\(entry.fault ?? "")")
    }

    @Test(arguments: ["/v1/cards/%2E%2E", "/v1/cards/a%2Fb", "/v1/cards/%F0%9F%8D%B5", "/v1/cards/a:b@c!"])
    func `what is escaped is a segment like any other`(path: String) async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            #expect(try await client.call("GET", path).status == 404)
            #expect(vendor.log.entries().map(\.call) == ["find"])
            #expect(vendor.log.stats.faults == 0)
        }
    }

    @Test func `a path without a connector is refused, and its neighbour is nobody's`() async throws {
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            for path in ["/api", "/api/", "/api//v1/cards"] {
                let answer = try await client.send("POST", path)
                #expect(answer.status == 400)
                #expect(answer.body.hasPrefix("the path names no connector"))
            }
            #expect(try await client.send("POST", "/apis/tea").status == 404)
            #expect(vendor.log.stats.faults == 3)
        }
    }

    @Test func `an answer to HEAD has no body`() async throws {
        let (answer, _) = try await fault { try await $0.call("HEAD", "/v1/cards") }
        #expect(answer.status == 404)
        #expect(answer.body.isEmpty)
    }

    @Test func `bodies and run ids have a limit`() async throws {
        let (large, entry) = try await fault {
            try await $0.send(
                "POST", "/api/tea/v1/cards", headers: [("Idempotency-Key", "r1")],
                body: Array(repeating: UInt8(ascii: " "), count: 1_048_577))
        }
        #expect(large.status == 413)
        #expect(entry.runID == "r1")
        let (long, other) = try await fault { try await $0.create(run: String(repeating: "r", count: 256)) }
        #expect(long.status == 400)
        #expect(long.body == "Idempotency-Key is longer than 255 bytes\n")
        #expect(other.runID.utf8.count == 255)
    }

    @Test func `refusals of Flow's protocol say why, too`() async throws {
        try await withVendor { (vendor, client) async throws in
            _ = try await client.send("POST", "/flow/slack", body: [1])
            #expect(vendor.log.entries().first?.fault?.hasPrefix("not JSON") == true)
            #expect(vendor.log.stats.faults == 1)
        }
    }

    @Test func `paths of random bytes do no harm`() async throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = Array("/%.2eE:?&=#a;\\\"{}é\u{1}".utf8)
        let paths = (0..<300).map { _ in
            (0..<Int.random(in: 0...20, using: &generator)).compactMap { _ in
                bytes.randomElement(using: &generator)
            }
        }
        try await withVendor(settings: TeaVendor.settings()) { (vendor, client) async throws in
            for path in paths {
                let head =
                    "GET /api/tea/".utf8 + path + " HTTP/1.1\r\nHost: v\r\nConnection: close\r\n\r\n".utf8
                let answer = RawAnswer(try await client.exchange(Array(head)))
                #expect(
                    answer.status.map { (400...499).contains($0) } ?? true,
                    "\(path) was answered with \(answer.status ?? 0)")
            }
            #expect(vendor.log.stats.actedRuns == 0)
            #expect(try await client.create().status == 201)
        }
    }

    @Test func `without the connectors' files Flow's protocol works, and public APIs say what to do`()
        async throws
    {
        var settings = MockVendorConfiguration()
        settings.replicas = VendorReplicas.load { () throws(ConnectorsError) in
            try ResourceFolder.find(override: "/no/such/folder")
        }
        try await withVendor(settings: settings) { (vendor, client) async throws in
            #expect(try await client.run("r1").status == 200)
            let answer = try await client.create(connector: "slack")
            #expect(answer.status == 404)
            #expect(answer.body.contains("the connectors' files were not found; looked in /no/such/folder"))
            #expect(answer.body.contains("SLUICE_RESOURCES"))
            #expect(vendor.log.stats.faults == 1)
        }
    }

    @Test func `each vendor whose API is called is played`() {
        #expect(VendorReplicas.builtIn.faults == [])
    }
}
