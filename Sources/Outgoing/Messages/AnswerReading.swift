import NIOCore
import NIOHTTP1

/// Collects one answer from its parts, up to the limit of its body.
struct AnswerReading {
    enum Step {
        case more
        /// - Parameter isReusable: the connection is at the answer's end and may take another request.
        case done(HTTPAnswer, isReusable: Bool)
    }

    private let bodyLimit: Int
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    var hasBegun: Bool { head != nil }

    mutating func read(_ part: HTTPClientResponsePart) -> Step {
        switch part {
        case .head(let head):
            self.head = head
            return .more
        case .body(var chunk):
            let room = bodyLimit - body.readableBytes
            if chunk.readableBytes > room {
                var part = chunk.readSlice(length: room) ?? ByteBuffer()
                body.writeBuffer(&part)
                return done(isCut: true)
            }
            // Most bodies come in one piece, which is kept and not copied.
            if body.readableBytes == 0 { body = chunk } else { body.writeBuffer(&chunk) }
            return .more
        case .end:
            return done(isCut: false)
        }
    }

    /// White space behind a value is no part of it (RFC 9112, 5.1); the parser leaves it there.
    private static func trimmed(_ value: String) -> String {
        guard let last = value.utf8.last, last == 0x20 || last == 0x09 else { return value }
        return String(value.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    private func done(isCut: Bool) -> Step {
        guard let head else { return .more }
        let answer = HTTPAnswer(
            status: Int(head.status.code), headers: head.headers.map { ($0.name, Self.trimmed($0.value)) },
            body: Array(body.readableBytesView), isCut: isCut)
        // After 101 the connection speaks another protocol.
        return .done(answer, isReusable: !isCut && head.isKeepAlive && head.status.code != 101)
    }
}
