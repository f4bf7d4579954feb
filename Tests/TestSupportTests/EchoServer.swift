// The server behind the proxy in these tests.

import NIOCore
import NIOPosix
import TestSupport

/// Sends back what it gets, and counts it.
final class EchoServer: Sendable {
    let receivedBytes: Signal
    private let channel: any Channel

    static func start() async throws -> EchoServer {
        let receivedBytes = Signal("bytes at the echo server")
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo(receivedBytes: receivedBytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return EchoServer(channel: channel, receivedBytes: receivedBytes)
    }

    private init(channel: any Channel, receivedBytes: Signal) {
        self.channel = channel
        self.receivedBytes = receivedBytes
    }

    deinit {
        channel.close(promise: nil)
    }

    var port: Int {
        channel.localAddress?.port ?? 0
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let receivedBytes: Signal

        init(receivedBytes: Signal) {
            self.receivedBytes = receivedBytes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            receivedBytes.fire(unwrapInboundIn(data).readableBytes)
            context.writeAndFlush(data, promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        }
    }
}
