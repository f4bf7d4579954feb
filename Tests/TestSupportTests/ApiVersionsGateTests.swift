import NIOCore
import Testing

@testable import TestSupport

@Suite struct ApiVersionsGateTests {
    @Test
    func `the refusal is an ApiVersions answer of version 0 with error 35 and the request's correlation id`()
    {
        let expected: [UInt8] = [
            0, 0, 0, 16, 0, 0, 0x30, 0x39, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 0,
        ]
        #expect(Array(ApiVersionsGate.refusal(of: 12345).readableBytesView) == expected)
    }

    @Test(arguments: [Int16(0), 1, 2])
    func `versions that the client can read go through`(version: Int16) {
        var gate = ApiVersionsGate()
        let frame = KafkaFrames.apiVersions(version, correlationID: 7)
        #expect(joined(gate.append(frame)).forwarded == frame)
    }

    @Test(arguments: [Int16(3), 4, 5])
    func `version 3 and later are answered and not forwarded`(version: Int16) {
        var gate = ApiVersionsGate()
        let steps = gate.append(KafkaFrames.apiVersions(version, correlationID: 7))
        #expect(steps == [.answer(ApiVersionsGate.refusal(of: 7))])
    }

    @Test func `a request without a body does not disturb the next`() {
        var gate = ApiVersionsGate()
        let first = KafkaFrames.request(key: 3, version: 0, correlationID: 1, bodyLength: 0)
        #expect(joined(gate.append(first)).forwarded == first)
        #expect(gate.append(KafkaFrames.apiVersions(3, correlationID: 2, bodyLength: 0)).count == 1)
    }

    @Test func `a long request is passed on before its end has come`() {
        var gate = ApiVersionsGate()
        var frame = KafkaFrames.request(key: 0, version: 7, correlationID: 1, bodyLength: 100_000)
        let begin = frame.readSlice(length: 1_000) ?? ByteBuffer()
        #expect(joined(gate.append(begin)).forwarded == begin)
    }

    @Test func `however the bytes are cut, the same requests are forwarded and answered`() throws {
        try withSeed(runs: 500) { generator in
            var stream = ByteBuffer()
            var expectedForwarded = ByteBuffer()
            var expectedAnswers = ByteBuffer()
            for correlationID in 0..<Int32.random(in: 1...12, using: &generator) {
                let length = Int.random(in: 0...60, using: &generator)
                let isRefused = Bool.random(using: &generator)
                let frame =
                    isRefused
                    ? KafkaFrames.apiVersions(3, correlationID: correlationID, bodyLength: length)
                    : KafkaFrames.request(
                        key: 1, version: 11, correlationID: correlationID, bodyLength: length)
                stream.writeImmutableBuffer(frame)
                if isRefused {
                    expectedAnswers.writeImmutableBuffer(ApiVersionsGate.refusal(of: correlationID))
                } else {
                    expectedForwarded.writeImmutableBuffer(frame)
                }
            }
            var gate = ApiVersionsGate()
            var steps: [ApiVersionsGate.Step] = []
            while stream.readableBytes > 0 {
                let length = Int.random(in: 1...min(40, stream.readableBytes), using: &generator)
                steps += gate.append(stream.readSlice(length: length) ?? ByteBuffer())
            }
            try #require(joined(steps).forwarded == expectedForwarded)
            try #require(joined(steps).answered == expectedAnswers)
        }
    }

    private func joined(_ steps: [ApiVersionsGate.Step]) -> (forwarded: ByteBuffer, answered: ByteBuffer) {
        var forwarded = ByteBuffer()
        var answered = ByteBuffer()
        for step in steps {
            switch step {
            case .forward(let bytes): forwarded.writeImmutableBuffer(bytes)
            case .answer(let bytes): answered.writeImmutableBuffer(bytes)
            }
        }
        return (forwarded, answered)
    }
}
