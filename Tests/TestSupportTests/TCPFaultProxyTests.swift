import NIOCore
import Testing

@testable import TestSupport

@Suite struct TCPFaultProxyTests {
    private let echo: EchoServer
    private let proxy: TCPFaultProxy

    init() async throws {
        echo = try await EchoServer.start()
        proxy = try await TCPFaultProxy.start(targetPort: echo.port)
    }

    @Test func `forwards both ways`() async throws {
        let client = try await TestClient.connect(port: proxy.port)
        try await client.send("hello")
        try await client.waitForText("hello")
        #expect(proxy.accepted.count == 1)
    }

    @Test func `forwards a megabyte unchanged`() async throws {
        let client = try await TestClient.connect(port: proxy.port)
        let bytes = ByteBuffer(bytes: (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await client.send(bytes)
        #expect(try await client.waitForBytes(bytes.readableBytes) == bytes)
    }

    @Test func `a cut resets every connection, and new ones are served`() async throws {
        let first = try await served()
        let second = try await served()
        #expect(proxy.cutConnections() == 2)
        #expect(try await first.waitForEnd() == .reset)
        #expect(try await second.waitForEnd() == .reset)
        _ = try await served()
    }

    @Test func `refuses new connections, keeps the old, and accepts again on the same port`() async throws {
        let old = try await served()
        try await proxy.refuseConnections()
        await #expect(throws: (any Error).self) { try await TestClient.connect(port: proxy.port) }
        try await old.send("more")
        _ = try await old.waitForBytes(8)
        try await proxy.acceptConnections()
        _ = try await served()
    }

    @Test func `a child process does not keep the port open that the proxy closes`() async throws {
        let child = try await ChildProcess.start("sleep", arguments: ["60"])
        try await proxy.refuseConnections()
        await #expect(throws: (any Error).self) { try await TestClient.connect(port: proxy.port) }
        try await child.stop()
    }

    @Test func `delays each chunk`() async throws {
        let client = try await served()
        proxy.setFaults { $0.delay = .milliseconds(50) }
        let start = ContinuousClock.now
        try await client.send("late")
        _ = try await client.waitForBytes(8)
        #expect(ContinuousClock.now - start >= .milliseconds(100), "there and back")
    }

    @Test func `throttles to a number of bytes a second`() async throws {
        let client = try await served()
        proxy.setFaults { $0.bytesPerSecond = 10_000 }
        let start = ContinuousClock.now
        try await client.send(ByteBuffer(repeating: 1, count: 2_000))
        _ = try await client.waitForBytes(2_004)
        #expect(ContinuousClock.now - start >= .milliseconds(200))
    }

    @Test func `a connection made while it forwards nothing stays silent`() async throws {
        proxy.setFaults { $0.acceptsWithoutForwarding = true }
        let silent = try await TestClient.connect(port: proxy.port)
        try await silent.send("anyone?")
        try await proxy.accepted.wait(count: 1, within: .seconds(10))
        proxy.setFaults { $0.acceptsWithoutForwarding = false }
        _ = try await served()
        #expect(silent.seen.value.bytes.readableBytes == 0)
        #expect(silent.seen.value.end == nil)
        #expect(echo.receivedBytes.count == 4, "those of the second client")
    }

    @Test func `a blocked answer arrives once the direction is open again`() async throws {
        let client = try await served()
        proxy.setFaults { $0.blockedDirections = [.toClient] }
        try await client.send("held")
        try await echo.receivedBytes.wait(count: 8, within: .seconds(10))
        #expect(client.seen.value.bytes.readableBytes == 4)
        proxy.setFaults { $0.blockedDirections = [] }
        try await client.waitForText("pingheld")
    }

    @Test func `a cut ends a connection whose direction is blocked`() async throws {
        let client = try await served()
        proxy.setFaults { $0.blockedDirections = [.toTarget] }
        try await client.send("held")
        proxy.cutConnections()
        #expect(try await client.waitForEnd() == .reset)
        #expect(echo.receivedBytes.count == 4)
    }

    @Test func `passes on the end of a client that has finished sending, and the answer to it`() async throws
    {
        let client = try await served()
        try await client.finishSending()
        #expect(try await client.waitForEnd() == .closed)
    }

    @Test func `a target that is not there closes the connection`() async throws {
        let lonely = try await TCPFaultProxy.start(targetPort: try await LoopbackPort.free())
        let client = try await TestClient.connect(port: lonely.port)
        _ = try await client.waitForEnd()
    }

    @Test func `stopping closes connections and port`() async throws {
        let client = try await served()
        try await proxy.stop()
        _ = try await client.waitForEnd()
        await #expect(throws: (any Error).self) { try await TestClient.connect(port: proxy.port) }
    }

    @Test func `with the switch, ApiVersions 3 is answered and all else reaches the server`() async throws {
        let proxy = try await TCPFaultProxy.start(targetPort: echo.port, answersApiVersionsV3: true)
        let client = try await TestClient.connect(port: proxy.port)
        let refusal = ApiVersionsGate.refusal(of: 1)
        try await client.send(KafkaFrames.apiVersions(3, correlationID: 1))
        #expect(try await client.waitForBytes(refusal.readableBytes) == refusal)
        #expect(echo.receivedBytes.count == 0)
        #expect(proxy.answeredApiVersions.count == 1)

        let fallback = KafkaFrames.apiVersions(0, correlationID: 2)
        try await client.send(fallback)
        let answer = try await client.waitForBytes(refusal.readableBytes + fallback.readableBytes)
        #expect(answer.getSlice(at: refusal.readableBytes, length: fallback.readableBytes) == fallback)
    }

    /// A connection that has been through the proxy and back with four bytes.
    private func served() async throws -> TestClient {
        let client = try await TestClient.connect(port: proxy.port)
        try await client.send("ping")
        try await client.waitForText("ping")
        return client
    }
}
