import Flow
import Liquid
import Testing

@testable import Connectors

@Suite struct TrelloTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static let token = "ATTA5f00dcafe"

    private func attempt(
        eventTime: Int64? = nil, answer: @escaping @Sendable (VendorRequest) -> VendorResponse
    ) async throws -> (outcome: VendorOutcome, requests: [String]) {
        try await LookUpFixture.attempt(
            Trello(), "create-card", inputs: ["listId": "l1", "name": "Call Ada"],
            credentials: Credentials(["key": Self.key, "token": Self.token]), eventTime: eventTime,
            answer: answer)
    }

    /// A card that was made this many seconds before the attempt.
    private static func card(_ age: Int64, desc: String = "") -> JSON {
        let second = String(VendorFixture.time / 1000 - age, radix: 16)
        return ["id": .string("\(second)0000000000000000"), "desc": .string(desc)]
    }

    private static func page(_ ages: some Sequence<Int64>) -> JSON { .array(ages.map { card($0) }) }

    @Test func `a card behind a full page is found on the next`() async throws {
        let (outcome, requests) = try await attempt { request in
            request.url.contains("before=")
                ? LookUpFixture.json([Self.card(500, desc: "x\n\nSluice run \(VendorFixture.run)")])
                : LookUpFixture.json(Self.page(0..<100))
        }
        #expect(outcome.meaning == .succeeded)
        #expect(requests.count == 2)
        let oldest = Self.card(99)["id"]?.stringValue ?? ""
        #expect(requests.last?.hasSuffix("&limit=100&before=\(oldest)") == true, "\(requests)")
    }

    @Test func `cards from before the event are not paged through`() async throws {
        let day: Int64 = 86_400
        let (outcome, requests) = try await attempt(eventTime: VendorFixture.time - 1000 * day) { request in
            request.method == "GET"
                ? LookUpFixture.json(Self.page((0..<100).map { $0 * day })) : LookUpFixture.json(["id": "c1"])
        }
        #expect(outcome.meaning == .succeeded)
        #expect(requests.map { $0.prefix(4) } == ["GET ", "POST"])
    }

    @Test func `a list without end is read ten pages far`() async throws {
        let (outcome, requests) = try await attempt { request in
            guard request.method == "GET" else { return LookUpFixture.json(["id": "c1"]) }
            let before = request.url.split(separator: "before=").dropFirst().first?.prefix(8) ?? "7fffffff"
            let from =
                VendorFixture.time / 1000 - min(Int64(before, radix: 16) ?? 0, VendorFixture.time / 1000)
            return LookUpFixture.json(Self.page((from + 1)...(from + 100)))
        }
        #expect(outcome.meaning == .succeeded)
        #expect(requests.count { $0.hasPrefix("GET") } == 10)
        #expect(Set(requests).count == 11, "no page is asked for twice")
    }

    @Test func `where the paging is not honoured, the same page is not read again and again`() async throws {
        let (outcome, requests) = try await attempt { request in
            request.method == "GET"
                ? LookUpFixture.json(Self.page(0..<150)) : LookUpFixture.json(["id": "c1"])
        }
        #expect(outcome.meaning == .succeeded)
        #expect(requests.count { $0.hasPrefix("GET") } == 2)
    }

    @Test func `a page that is too large to be read is asked for in smaller ones`() async throws {
        let (outcome, requests) = try await attempt { request in
            guard request.method == "GET" else { return LookUpFixture.json(["id": "c1"]) }
            return request.url.contains("limit=6")
                ? LookUpFixture.json([]) : LookUpFixture.json([], isCut: true)
        }
        #expect(outcome.meaning == .succeeded)
        #expect(
            requests.filter { $0.hasPrefix("GET") }.map { $0.split(separator: "limit=").last } == [
                "100", "25", "6",
            ])
    }

    @Test func `credentials are hidden however they are repeated`() {
        let secrets = ["k&1", "", Self.token]
        let text = "GET /x?key=k%261&token=\(Self.token) k&1"
        let answers: [VendorAnswer] = [
            .response(VendorResponse(status: 404, body: Array(text.utf8))), .noAnswer(reason: text),
            .refused(reason: text),
        ]
        for answer in answers.map({ $0.hiding(secrets) }) {
            switch answer {
            case .response(let response):
                #expect(String(decoding: response.body, as: UTF8.self) == "GET /x?key=…&token=… …")
            case .noAnswer(let reason, _), .refused(let reason): #expect(reason == "GET /x?key=…&token=… …")
            }
        }
    }

    @Test(arguments: [0, 1, 16_000, 16_336, 16_337, 16_384, 40_000])
    func `a description fits with the run's id, and loses no more than it must`(length: Int) {
        let text = TrelloDescription.text(String(repeating: "é", count: length), run: VendorFixture.run)
        #expect(text.utf16.count == min(length + 49, 16_384))
        #expect(text.hasSuffix("\n\nSluice run \(VendorFixture.run)"))
    }

    @Test func `a description is not cut within a character`() {
        let text = TrelloDescription.text("x" + String(repeating: "🫖", count: 9000), run: VendorFixture.run)
        #expect(text.utf16.count <= 16_384)
        #expect(text.dropFirst().prefix { $0 == "🫖" }.count == 8166)
        #expect(text.hasSuffix("🫖…\n\nSluice run \(VendorFixture.run)"))
    }
}
