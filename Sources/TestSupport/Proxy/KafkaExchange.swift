// Keeps Kafka's clients behind the proxy. A broker tells its own address with its answers to Metadata and FindCoordinator,
// and clients go there from then on; so the proxy puts its own port in. It is also where answers are given errors.
// It knows the head of requests and answers, and the first fields of a few answers; nothing else of the protocol.

import NIOCore

/// One client connection's requests and answers: pure, told the bytes of both directions in chunks of any size.
///
/// Only answers that may have to be changed are held back until they are whole.
struct KafkaExchange {
    /// Numbers of the requests whose answers are looked at.
    enum API {
        static let metadata: Int16 = 3
        static let findCoordinator: Int16 = 10
        static let heartbeat: Int16 = 12
        static let initProducerID: Int16 = 22
        static let addOffsetsToTransaction: Int16 = 25
        static let endTransaction: Int16 = 26
    }

    private struct Request {
        let api: Int16
        let version: Int16
    }

    private enum Side {
        /// Inside the first bytes of a frame.
        case head(ByteBuffer)
        case passing(remaining: Int)
        /// Inside an answer that is held back.
        case holding(ByteBuffer, remaining: Int, of: Request)
    }

    private static let requestHead = 12
    private static let answerHead = 8
    /// Larger answers go on as they are.
    private static let holdLimit = 16 << 20

    private let targetPort: Int32
    private let ownPort: Int32
    private var requests = Side.head(ByteBuffer())
    private var answers = Side.head(ByteBuffer())
    /// By correlation id.
    private var awaited: [Int32: Request] = [:]

    init(targetPort: Int, ownPort: Int) {
        self.targetPort = Int32(truncatingIfNeeded: targetPort)
        self.ownPort = Int32(truncatingIfNeeded: ownPort)
    }

    /// Bytes that go to the broker, as they are.
    mutating func noteRequests(_ chunk: ByteBuffer) {
        var chunk = chunk
        while chunk.readableBytes > 0 {
            guard case .head(var head) = requests else {
                requests = Self.passed(&chunk, requests).side
                continue
            }
            Self.fill(&head, to: Self.requestHead, from: &chunk)
            guard
                let (size, api, version, correlation) = head.getMultipleIntegers(
                    at: head.readerIndex, as: (Int32, Int16, Int16, Int32).self)
            else {
                requests = .head(head)
                continue
            }
            if Self.isLookedAt(api) { awaited[correlation] = Request(api: api, version: version) }
            requests = Self.after(Int(size) + 4 - Self.requestHead)
        }
    }

    /// Bytes that come from the broker.
    ///
    /// - Parameter errors: codes that answers are given, by the number of their request.
    /// - Returns: what goes to the client.
    mutating func passAnswers(_ chunk: ByteBuffer, errors: [Int16: Int16]) -> ByteBuffer {
        var chunk = chunk
        var out = ByteBuffer()
        while chunk.readableBytes > 0 {
            switch answers {
            case .head(var head):
                Self.fill(&head, to: Self.answerHead, from: &chunk)
                beginAnswer(head, &out)
            case .passing:
                let (part, side) = Self.passed(&chunk, answers)
                out.writeImmutableBuffer(part)
                answers = side
            case .holding(var frame, let remaining, let request):
                var part = chunk.readSlice(length: min(remaining, chunk.readableBytes)) ?? ByteBuffer()
                let rest = remaining - part.readableBytes
                frame.writeBuffer(&part)
                if rest > 0 {
                    answers = .holding(frame, remaining: rest, of: request)
                } else {
                    out.writeImmutableBuffer(changed(frame, of: request, errors))
                    answers = .head(ByteBuffer())
                }
            }
        }
        return out
    }

    private mutating func beginAnswer(_ head: ByteBuffer, _ out: inout ByteBuffer) {
        guard
            let (size, correlation) = head.getMultipleIntegers(at: head.readerIndex, as: (Int32, Int32).self)
        else {
            answers = .head(head)
            return
        }
        let remaining = Int(size) + 4 - Self.answerHead
        if let request = awaited.removeValue(forKey: correlation), remaining > 0, remaining <= Self.holdLimit
        {
            answers = .holding(head, remaining: remaining, of: request)
        } else {
            out.writeImmutableBuffer(head)
            answers = Self.after(remaining)
        }
    }

    // MARK: Frames

    private static func after(_ remaining: Int) -> Side {
        remaining > 0 ? .passing(remaining: remaining) : .head(ByteBuffer())
    }

    private static func fill(_ head: inout ByteBuffer, to length: Int, from chunk: inout ByteBuffer) {
        let missing = max(0, length - head.readableBytes)
        if var part = chunk.readSlice(length: min(missing, chunk.readableBytes)) { head.writeBuffer(&part) }
    }

    private static func passed(_ chunk: inout ByteBuffer, _ side: Side) -> (part: ByteBuffer, side: Side) {
        guard case .passing(let remaining) = side else { return (ByteBuffer(), side) }
        let part = chunk.readSlice(length: min(remaining, chunk.readableBytes)) ?? ByteBuffer()
        return (part, after(remaining - part.readableBytes))
    }

    // MARK: Answers

    private static func isLookedAt(_ api: Int16) -> Bool {
        switch api {
        case API.metadata, API.findCoordinator, API.heartbeat, API.initProducerID,
            API.addOffsetsToTransaction, API.endTransaction:
            true
        default: false
        }
    }

    /// The answer with the proxy's port in it, or with an error; as it was, where it is not as expected.
    private func changed(_ frame: ByteBuffer, of request: Request, _ errors: [Int16: Int16]) -> ByteBuffer {
        let start = frame.readerIndex + Self.answerHead
        if let code = errors[request.api], request.api != API.metadata {
            return Self.refused(frame, at: start, request, code) ?? frame
        }
        switch request.api {
        case API.metadata: return metadata(frame, at: start, request.version) ?? frame
        case API.findCoordinator: return coordinator(frame, at: start, request.version) ?? frame
        default: return frame
        }
    }

    private func port(_ port: Int32) -> Int32 { port == targetPort ? ownPort : port }

    private func metadata(_ frame: ByteBuffer, at start: Int, _ version: Int16) -> ByteBuffer? {
        var fields = KafkaFields(frame, at: start, isFlexible: version >= 9)
        guard fields.skipTags(), version < 3 || fields.integer(as: Int32.self) != nil,
            let count = fields.count()
        else { return nil }
        for _ in 0..<count {
            guard fields.integer(as: Int32.self) != nil, fields.skipText(), fields.replace(port),
                version < 1 || fields.skipText(), fields.skipTags()
            else { return nil }
        }
        return fields.frame
    }

    /// Versions 4 and later tell of several coordinators; no client of the tests asks so.
    private func coordinator(_ frame: ByteBuffer, at start: Int, _ version: Int16) -> ByteBuffer? {
        guard version <= 3 else { return nil }
        var fields = KafkaFields(frame, at: start, isFlexible: version >= 3)
        guard fields.skipTags(), version < 1 || fields.integer(as: Int32.self) != nil,
            fields.integer(as: Int16.self) != nil, version < 1 || fields.skipText(),
            fields.integer(as: Int32.self) != nil, fields.skipText(), fields.replace(port)
        else { return nil }
        return fields.frame
    }

    /// The error stands after the throttle time, which these answers have from some version on.
    private static func refused(
        _ frame: ByteBuffer, at start: Int, _ request: Request, _ code: Int16
    ) -> ByteBuffer? {
        let (firstFlexible, hasThrottle): (Int16, Bool) =
            switch request.api {
            case API.heartbeat: (4, request.version >= 1)
            case API.findCoordinator: (3, request.version >= 1)
            case API.initProducerID: (2, true)
            default: (3, true)
            }
        guard request.api != API.findCoordinator || request.version <= 3 else { return nil }
        var fields = KafkaFields(frame, at: start, isFlexible: request.version >= firstFlexible)
        guard fields.skipTags(), !hasThrottle || fields.integer(as: Int32.self) != nil,
            fields.replace({ (_: Int16) in code })
        else { return nil }
        return fields.frame
    }
}
