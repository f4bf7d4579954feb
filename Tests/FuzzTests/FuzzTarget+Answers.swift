import Flow
import Liquid
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Connectors
@testable import Outgoing

extension FuzzTarget {
    static let answers = [answer, date, http]

    /// Status, body, then the names and values of headers.
    private static let answer = FuzzTarget(
        name: "answer",
        samples: [
            FuzzInput(
                "200", #"{"return_value": {"id": 5, "name": "x"}}"#, "Content-Type", "application/json"),
            FuzzInput("503", "down", "Retry-After", "120", "Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            FuzzInput(
                "429", "{\"error\":\"slow down\"}", "retry-after", "Sun, 06 Nov 1994 08:59:37 GMT", "Date",
                "Sun, 06 Nov 1994 08:49:37 GMT"),
            FuzzInput(
                "502",
                "<!DOCTYPE html><html><head><style>x{}</style><script>if (a<b) c()</script></head><!-- no --><body><h1>Bad &amp; slow</h1></body></html>",
                "Content-Type", "text/html"),
            FuzzInput("302", "", "Location", "https://elsewhere.example/"),
        ], acceptsAll: true
    ) { input in
        let headers = stride(from: 2, to: input.parts.count - 1, by: 2).map {
            (name: input.text($0), value: input.text($0 + 1))
        }
        let response = VendorResponse(
            status: Int(input.text) ?? 200, headers: headers,
            body: input.parts.count > 1 ? input.parts[1] : [],
            isCut: input.parts.count % 3 == 0)
        let returns = TypeExpression("String!")
        for type in [nil, returns] {
            let outcome = FlowActionAnswer.classify(.response(response), returns: type, now: 1_764_000_000)
            guard case .rejected(let reason) = outcome else { continue }
            guard reason.unicodeScalars.count < 2_000 else {
                throw FuzzViolation("a reason of \(reason.count)")
            }
        }
        guard BodyExcerpt.make(of: response).unicodeScalars.count <= BodyExcerpt.limit else {
            throw FuzzViolation("an excerpt beyond its limit")
        }
        if let delay = RetryAfter.delay(in: response, now: 1_764_000_000), delay < .zero {
            throw FuzzViolation("a delay of \(delay)")
        }
        return true
    }

    private static let date = FuzzTarget(
        name: "http date",
        samples: [
            FuzzInput("Sun, 06 Nov 1994 08:49:37 GMT"), FuzzInput("Sunday, 06-Nov-94 08:49:37 GMT"),
            FuzzInput("Sun Nov  6 08:49:37 1994"),
        ]
    ) { input in
        let now = UTCDate(secondsSince1970: 1_764_000_000)
        guard let date = HTTPDate.parse(input.text, now: now) else { return false }
        try expectSame(UTCDate(secondsSince1970: date.secondsSince1970), date, "a date")
        return true
    }

    /// An answer's bytes in one piece and in small ones: the same comes of both.
    private static let http = FuzzTarget(
        name: "http bytes",
        samples: [
            FuzzInput("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"),
            FuzzInput(
                "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n6;x=y\r\n again\r\n0\r\nT: v\r\n\r\n"
            ),
            FuzzInput("HTTP/1.0 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            FuzzInput("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nServer: a  \r\n\r\n"),
        ]
    ) { input in
        let whole = read(input.bytes, by: max(1, input.bytes.count))
        let pieces = read(input.bytes, by: 7)
        guard whole.map(\.status) == pieces.map(\.status), whole.map(\.body) == pieces.map(\.body) else {
            throw FuzzViolation(
                "what comes in pieces is another answer: \(String(describing: whole)) and \(String(describing: pieces))"
            )
        }
        return whole != nil
    }

    private static func read(_ bytes: [UInt8], by size: Int) -> HTTPAnswer? {
        let channel = EmbeddedChannel()
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .fireError)
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var reading = AnswerReading(bodyLimit: 1_000)
        do {
            try channel.pipeline.syncOperations.addHandlers(WireHandler(), ByteToMessageHandler(decoder))
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(head))
            for start in stride(from: 0, to: bytes.count, by: size) {
                try channel.writeInbound(ByteBuffer(bytes: bytes[start..<min(bytes.count, start + size)]))
                while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
                    if case .done(let answer, _) = reading.read(part) { return answer }
                }
            }
        } catch {
            // What was read before the fault may be an answer, as on a connection.
            while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
                if case .done(let answer, _) = reading.read(part) { return answer }
            }
        }
        return nil
    }
}
