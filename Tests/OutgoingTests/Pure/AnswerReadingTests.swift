import NIOCore
import NIOHTTP1
import Testing

@testable import Outgoing

@Suite struct AnswerReadingTests {
    private static func answer(_ chunks: [String], limit: Int, headers: HTTPHeaders = [:]) -> (
        HTTPAnswer, Bool
    )? {
        var reading = AnswerReading(bodyLimit: limit)
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        let parts =
            [.head(head)] + chunks.map { .body(ByteBuffer(string: $0)) } + [HTTPClientResponsePart.end(nil)]
        for part in parts {
            if case .done(let answer, let isReusable) = reading.read(part) { return (answer, isReusable) }
        }
        return nil
    }

    @Test(arguments: [
        (["abc", "def"], 6, "abcdef", false), (["abc", "def"], 5, "abcde", true),
        (["abc", "def"], 3, "abc", true),
        (["abcdef"], 2, "ab", true), (["a"], 0, "", true), ([], 0, "", false), (["", "a"], 1, "a", false),
    ]) func `a body is read up to its limit`(chunks: [String], limit: Int, body: String, isCut: Bool) throws {
        let (answer, isReusable) = try #require(Self.answer(chunks, limit: limit))
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        #expect(answer.isCut == isCut)
        #expect(isReusable == !isCut)
    }
}
