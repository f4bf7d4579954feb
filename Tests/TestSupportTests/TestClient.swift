// A plain TCP client for these tests.

import NIOCore
import NIOPosix
import TestSupport

/// Sends bytes, and lets the test await what comes back and how the connection ends.
final class TestClient: Sendable {
    enum End: Sendable, Equatable {
        case closed
        case reset
    }

    struct Seen: Sendable {
        var bytes = ByteBuffer()
        var end: End?
    }

    let seen: Observed<Seen>
    private let channel: any Channel

    static func connect(port: Int) async throws -> TestClient {
        let seen = Observed(Seen())
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(seen: seen))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return TestClient(seen: seen, channel: channel)
    }

    private init(seen: Observed<Seen>, channel: any Channel) {
        self.seen = seen
        self.channel = channel
    }

    deinit {
        channel.close(promise: nil)
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes).get()
    }

    /// Closes this side only; the other may still answer.
    func finishSending() async throws {
        try await channel.close(mode: .output)
    }

    func waitForBytes(_ count: Int, within limit: Duration = .seconds(10)) async throws -> ByteBuffer {
        try await seen.wait(within: limit, for: "\(count) bytes") {
            $0.bytes.readableBytes >= count ? $0.bytes : nil
        }
    }

    func waitForText(_ text: String) async throws {
        let bytes = try await waitForBytes(text.utf8.count)
        guard String(buffer: bytes) == text else { throw UnexpectedText(text: String(buffer: bytes)) }
    }

    func waitForEnd(within limit: Duration = .seconds(10)) async throws -> End {
        try await seen.wait(within: limit, for: "the connection's end", until: \.end)
    }

    struct UnexpectedText: Error {
        let text: String
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let seen: Observed<Seen>

        init(seen: Observed<Seen>) {
            self.seen = seen
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let chunk = unwrapInboundIn(data)
            seen.update { _ = $0.bytes.writeImmutableBuffer(chunk) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            seen.update { $0.end = .reset }
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            seen.update { $0.end = $0.end ?? .closed }
        }
    }
}
