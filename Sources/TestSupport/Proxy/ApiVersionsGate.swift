// Lets librdkafka 2.0.2 talk to Tansu. That client cannot read Tansu's answer to ApiVersions version 3 (its tagged
// fields trip the client's skip code), but falls back to version 0 when a broker says it does not know 3. This is
// the part that says so. It knows Kafka's framing and the head of a request, nothing else of the protocol.

import NIOCore

/// Takes the bytes of one client connection, in chunks of any size, and decides which are forwarded and which
/// requests are answered in the broker's place: those for ApiVersions of version 3 and later.
///
/// Only the head of a frame (12 bytes) is ever held back; long requests are passed on as they come.
struct ApiVersionsGate {
    /// What to do with a chunk, in this order.
    enum Step: Equatable {
        case forward(ByteBuffer)
        case answer(ByteBuffer)
    }

    private enum State {
        /// Inside a frame's first 12 bytes: size, api key, api version, correlation id.
        case head(ByteBuffer)
        case forwarding(remaining: Int)
        case swallowing(remaining: Int, correlationID: Int32)
    }

    private static let headLength = 12
    private static let apiVersionsKey: Int16 = 18
    private static let firstRefusedVersion: Int16 = 3
    private static let unsupportedVersion: Int16 = 35

    private var state = State.head(ByteBuffer())

    mutating func append(_ chunk: ByteBuffer) -> [Step] {
        var chunk = chunk
        var steps: [Step] = []
        while chunk.readableBytes > 0 {
            switch state {
            case .head(var head):
                readHead(&head, from: &chunk, into: &steps)
            case .forwarding(let remaining):
                let part = chunk.readPrefix(remaining)
                steps.append(.forward(part))
                let rest = remaining - part.readableBytes
                state = rest == 0 ? .head(ByteBuffer()) : .forwarding(remaining: rest)
            case .swallowing(let remaining, let correlationID):
                swallow(remaining, of: correlationID, from: &chunk, into: &steps)
            }
        }
        return steps
    }

    private mutating func readHead(
        _ head: inout ByteBuffer, from chunk: inout ByteBuffer, into steps: inout [Step]
    ) {
        var part = chunk.readPrefix(Self.headLength - head.readableBytes)
        head.writeBuffer(&part)
        guard
            let fields = head.getMultipleIntegers(
                at: head.readerIndex, as: (Int32, Int16, Int16, Int32).self)
        else {
            state = .head(head)
            return
        }
        let (size, key, version, correlationID) = fields
        // The size counts what follows it: 8 bytes of it stand in the head already.
        let remaining = Int(size) - (Self.headLength - 4)
        if key == Self.apiVersionsKey, version >= Self.firstRefusedVersion {
            finishSwallowing(remaining, of: correlationID, into: &steps)
        } else {
            steps.append(.forward(head))
            state = remaining > 0 ? .forwarding(remaining: remaining) : .head(ByteBuffer())
        }
    }

    private mutating func swallow(
        _ remaining: Int, of correlationID: Int32, from chunk: inout ByteBuffer, into steps: inout [Step]
    ) {
        let part = chunk.readPrefix(remaining)
        finishSwallowing(remaining - part.readableBytes, of: correlationID, into: &steps)
    }

    /// Answers once the whole request has been taken.
    private mutating func finishSwallowing(
        _ remaining: Int, of correlationID: Int32, into steps: inout [Step]
    ) {
        guard remaining <= 0 else {
            state = .swallowing(remaining: remaining, correlationID: correlationID)
            return
        }
        steps.append(.answer(Self.refusal(of: correlationID)))
        state = .head(ByteBuffer())
    }

    /// An ApiVersions response of version 0, whatever was asked: KIP-511 has brokers answer so, and name the
    /// versions of ApiVersions itself that the client may try.
    static func refusal(of correlationID: Int32) -> ByteBuffer {
        var body = ByteBuffer()
        body.writeMultipleIntegers(correlationID, unsupportedVersion)
        body.writeMultipleIntegers(Int32(1), apiVersionsKey, Int16(0), Int16(0))
        var frame = ByteBuffer(integer: Int32(body.readableBytes))
        frame.writeBuffer(&body)
        return frame
    }
}

extension ByteBuffer {
    /// Takes at most `length` bytes from the front.
    fileprivate mutating func readPrefix(_ length: Int) -> ByteBuffer {
        readSlice(length: min(max(length, 0), readableBytes)) ?? ByteBuffer()
    }
}
