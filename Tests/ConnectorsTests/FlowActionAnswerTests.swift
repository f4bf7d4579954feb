import Connectors
import Flow
import Liquid
import Testing

/// One row for each documented answer.
@Suite struct FlowActionAnswerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let answer: VendorAnswer
        let outcome: AttemptOutcome
        var returns: TypeExpression?

        init(_ answer: VendorAnswer, _ outcome: AttemptOutcome, returns: String? = nil) {
            self.answer = answer
            self.outcome = outcome
            self.returns = returns.flatMap { TypeExpression($0) }
        }

        var testDescription: String { "\(answer) \(returns?.description ?? "")" }
    }

    private static let now: Int64 = 784_111_777  // Sun, 06 Nov 1994 08:49:37 GMT
    private static let types: SchemaTypes = [
        "Card": .object([.init(name: "id", type: .nonNull(.named("ID")))])
    ]
    private static func response(
        _ status: Int, _ headers: [(name: String, value: String)] = [], _ body: String = ""
    ) -> VendorAnswer {
        FlowActionFixtures.response(status, headers, body)
    }
    private static func cut(_ status: Int, _ body: String) -> VendorAnswer {
        .response(VendorResponse(status: status, body: Array(body.utf8), isCut: true))
    }
    private static func after(_ value: String) -> [(name: String, value: String)] { [("retry-after", value)] }

    @Test(arguments: [
        Row(response(200), .succeeded(returned: nil)),
        Row(response(200, [], "ok"), .succeeded(returned: nil)),
        Row(response(200, [], "{\"return_value\": {\"id\": 1}}"), .succeeded(returned: ["id": 1])),
        Row(
            response(200, [], "{\"return_value\": {\"id\": 1}}"), .succeeded(returned: ["id": 1]),
            returns: "Card!"),
        Row(response(200, [], "{\"return_value\": null}"), .succeeded(returned: .some(nil)), returns: "Card"),
        Row(
            response(200, [], "{\"return_value\": {}}"),
            .rejected(reason: "HTTP 200, but return_value.id is missing; send ID; the action returns Card!"),
            returns: "Card!"),
        Row(
            response(200, [], "{}"),
            .rejected(reason: "HTTP 200, but the answer has no return_value; the action returns Card!"),
            returns: "Card!"),
        Row(
            response(200, [], "[1]"),
            .rejected(reason: "HTTP 200, but the answer has no return_value; the action returns Card!"),
            returns: "Card!"),
        Row(
            response(200, [], "ok"),
            .rejected(
                reason:
                    "HTTP 200, but the answer is not JSON at byte 0: unexpected character where a value should stand; the action returns Int"
            ),
            returns: "Int"),
        Row(
            response(200, [], "{\"return_value\":\"\(String(repeating: "a", count: 50_000))\"}"),
            .rejected(
                reason: "HTTP 200, but the answer is larger than 50000 bytes; the action returns String"),
            returns: "String"),
        Row(
            response(200, [], "{\"return_value\":\"\(String(repeating: "a", count: 50_000))\"}"),
            .succeeded(returned: nil)),
        Row(response(202), .retry(after: nil, reason: "HTTP 202: accepted, asked again", cause: .notYet)),
        Row(
            response(202, after("60")),
            .retry(after: .seconds(60), reason: "HTTP 202: accepted, asked again", cause: .notYet)
        ),
        Row(response(201, [], "made"), .rejected(reason: "HTTP 201: made")),
        Row(response(204), .rejected(reason: "HTTP 204")),
        Row(
            response(301, [("Location", "https://x.example/?token=1")]),
            .rejected(reason: "HTTP 301 (redirects are not followed)")),
        Row(
            response(400, [], "{\"error\": \"no such customer\"}"),
            .rejected(reason: "HTTP 400: {\"error\": \"no such customer\"}")),
        Row(response(401), .rejected(reason: "HTTP 401")),
        Row(
            response(404, [("Content-Type", "text/html")], "<h1>Not  found</h1>"),
            .rejected(reason: "HTTP 404: Not found")),
        Row(response(408), .rejected(reason: "HTTP 408")),
        Row(response(422, after("60"), "no"), .rejected(reason: "HTTP 422: no")),
        Row(response(429), .retry(after: nil, reason: "HTTP 429", cause: .busy)),
        Row(response(429, after("7")), .retry(after: .seconds(7), reason: "HTTP 429", cause: .busy)),
        Row(
            response(429, after("Sun, 06 Nov 1994 08:49:57 GMT")),
            .retry(after: .seconds(20), reason: "HTTP 429", cause: .busy)),
        Row(response(429, after("-1")), .retry(after: nil, reason: "HTTP 429", cause: .busy)),
        Row(response(429, after("soon")), .retry(after: nil, reason: "HTTP 429", cause: .busy)),
        Row(response(500), .retry(after: nil, reason: "HTTP 500", cause: .broken)),
        Row(
            response(503, after("120"), "busy"),
            .retry(after: .seconds(120), reason: "HTTP 503: busy", cause: .broken)),
        Row(response(599), .retry(after: nil, reason: "HTTP 599", cause: .broken)),
        Row(response(600), .rejected(reason: "HTTP 600")),
        Row(response(101), .rejected(reason: "HTTP 101")),
        Row(
            .noAnswer(reason: "time-out after 10 s"),
            .retry(after: nil, reason: "no answer: time-out after 10 s", cause: .noAnswer)),
        Row(
            .refused(reason: "the endpoint leads to 127.0.0.1"),
            .rejected(reason: "not sent: the endpoint leads to 127.0.0.1")),
        Row(
            cut(200, "{\"return_value\": 1}"),
            .rejected(reason: "HTTP 200, but the answer is larger than 50000 bytes; the action returns Int"),
            returns: "Int"),
        Row(cut(200, "{\"return_value\": 1}"), .succeeded(returned: nil)),
        Row(cut(503, "busy"), .retry(after: nil, reason: "HTTP 503: busy", cause: .broken)),
    ]) func `each answer has one outcome`(row: Row) {
        #expect(
            FlowActionAnswer.classify(row.answer, returns: row.returns, types: Self.types, now: Self.now)
                == row.outcome)
    }
}
