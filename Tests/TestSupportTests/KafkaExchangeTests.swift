import NIOCore
import Testing

@testable import TestSupport

/// Answers that tell the broker's port, or are given errors.
@Suite struct KafkaExchangeTests {
    private typealias API = KafkaExchange.API

    private static let (brokerPort, proxyPort): (Int32, Int32) = (9092, 12345)

    private func exchange() -> KafkaExchange {
        KafkaExchange(targetPort: Int(Self.brokerPort), ownPort: Int(Self.proxyPort))
    }

    private static func answer(_ correlationID: Int32, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var body = ByteBuffer(integer: correlationID)
        write(&body)
        var frame = ByteBuffer(integer: Int32(body.readableBytes))
        frame.writeBuffer(&body)
        return frame
    }

    private static func text(_ text: String, compact: Bool, _ buffer: inout ByteBuffer) {
        if compact {
            buffer.writeInteger(UInt8(text.utf8.count + 1))
        } else {
            buffer.writeInteger(Int16(text.utf8.count))
        }
        buffer.writeString(text)
    }

    /// Two brokers, one of them elsewhere, and something behind them.
    private static func metadata(_ version: Int16, _ correlationID: Int32, port: Int32) -> ByteBuffer {
        let isFlexible = version >= 9
        return answer(correlationID) { body in
            if isFlexible { body.writeInteger(UInt8(0)) }
            if version >= 3 { body.writeInteger(Int32(7)) }
            if isFlexible { body.writeInteger(UInt8(3)) } else { body.writeInteger(Int32(2)) }
            for (node, port) in [(Int32(1), port), (2, 9093)] {
                body.writeInteger(node)
                text("127.0.0.1", compact: isFlexible, &body)
                body.writeInteger(port)
                if version >= 1 { text("rack", compact: isFlexible, &body) }
                if isFlexible { body.writeInteger(UInt8(0)) }
            }
            body.writeString("topics")
        }
    }

    private static func coordinator(_ version: Int16, _ correlationID: Int32, port: Int32) -> ByteBuffer {
        answer(correlationID) { body in
            if version >= 3 { body.writeInteger(UInt8(0)) }
            if version >= 1 { body.writeInteger(Int32(0)) }
            body.writeInteger(Int16(0))
            if version >= 1 { text("", compact: version >= 3, &body) }
            body.writeInteger(Int32(1))
            text("localhost", compact: version >= 3, &body)
            body.writeInteger(port)
        }
    }

    @Test(arguments: [Int16(0), 1, 2, 3, 5, 8, 9, 12])
    func `metadata of any version name the proxy's port in the place of the broker's`(version: Int16) {
        var exchange = exchange()
        exchange.noteRequests(
            KafkaFrames.request(key: API.metadata, version: version, correlationID: 4))
        let passed = exchange.passAnswers(
            Self.metadata(version, 4, port: Self.brokerPort), errors: [:])
        #expect(passed == Self.metadata(version, 4, port: Self.proxyPort))
    }

    @Test(arguments: [Int16(0), 1, 2, 3])
    func `so do coordinators`(version: Int16) {
        var exchange = exchange()
        exchange.noteRequests(
            KafkaFrames.request(key: API.findCoordinator, version: version, correlationID: 4))
        let passed = exchange.passAnswers(
            Self.coordinator(version, 4, port: Self.brokerPort), errors: [:])
        #expect(passed == Self.coordinator(version, 4, port: Self.proxyPort))
    }

    @Test func `an answer is given an error, and those of other requests are not`() {
        var exchange = exchange()
        exchange.noteRequests(
            KafkaFrames.request(key: API.endTransaction, version: 1, correlationID: 1))
        exchange.noteRequests(KafkaFrames.request(key: API.heartbeat, version: 3, correlationID: 2))
        func answer(_ correlationID: Int32, _ code: Int16) -> ByteBuffer {
            Self.answer(correlationID) { $0.writeMultipleIntegers(Int32(0), code) }
        }
        let errors = [API.endTransaction: Int16(51)]
        #expect(exchange.passAnswers(answer(1, 0), errors: errors) == answer(1, 51))
        #expect(exchange.passAnswers(answer(2, 0), errors: errors) == answer(2, 0))
    }

    @Test func `an answer that is not as expected goes on as it is`() {
        var exchange = exchange()
        exchange.noteRequests(KafkaFrames.request(key: API.metadata, version: 1, correlationID: 1))
        let short = Self.answer(1) { $0.writeMultipleIntegers(Int32(1_000_000), Int16(1)) }
        #expect(exchange.passAnswers(short, errors: [:]) == short)
    }

    @Test func `however the bytes are cut, the same goes on`() throws {
        try withSeed(runs: 300) { generator in
            var exchange = exchange()
            var (requests, answers, expected) = (ByteBuffer(), ByteBuffer(), ByteBuffer())
            for id in 0..<Int32.random(in: 1...12, using: &generator) {
                if Bool.random(using: &generator) {
                    requests.writeImmutableBuffer(
                        KafkaFrames.request(key: API.metadata, version: 9, correlationID: id))
                    answers.writeImmutableBuffer(Self.metadata(9, id, port: Self.brokerPort))
                    expected.writeImmutableBuffer(Self.metadata(9, id, port: Self.proxyPort))
                } else {
                    let length = Int.random(in: 0...50, using: &generator)
                    requests.writeImmutableBuffer(
                        KafkaFrames.request(key: 1, version: 4, correlationID: id, bodyLength: length))
                    let fetched = Self.answer(id) { $0.writeRepeatingByte(7, count: length) }
                    answers.writeImmutableBuffer(fetched)
                    expected.writeImmutableBuffer(fetched)
                }
            }
            func chunks(_ bytes: ByteBuffer, _ take: (ByteBuffer) -> Void) {
                var bytes = bytes
                while bytes.readableBytes > 0 {
                    let length = Int.random(in: 1...min(40, bytes.readableBytes), using: &generator)
                    take(bytes.readSlice(length: length) ?? ByteBuffer())
                }
            }
            chunks(requests) { exchange.noteRequests($0) }
            var passed = ByteBuffer()
            chunks(answers) { passed.writeImmutableBuffer(exchange.passAnswers($0, errors: [:])) }
            try #require(passed == expected)
        }
    }
}
