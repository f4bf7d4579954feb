import NIOCore
import NIOSSL
import NIOTLS
import TestSupport

/// One connection of a scripted server.
final class ServerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedServer
    private var received = ""
    private var trickle: RepeatedTask?

    init(_ server: ScriptedServer) {
        self.server = server
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        server.channels.update { $0.append(channel) }
        server.accepted.fire()
    }

    func channelInactive(context: ChannelHandlerContext) {
        trickle?.cancel()
        server.ended.fire()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated) = event as? TLSUserEvent else { return }
        server.names.update { $0.append(negotiated) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        server.received.fire()
        received += String(buffer: unwrapInboundIn(data))
        while let request = takeRequest() {
            for step in server.steps(for: request) { perform(step, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ step: ScriptedServer.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        case .close: context.close(promise: nil)
        case .trickle:
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            trickle = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(5)) {
                _ in
                bound.value.writeAndFlush(NIOAny(ByteBuffer(string: "x")), promise: nil)
            }
        }
    }

    /// A request ends after as many bytes as it says; one whose length isn't said has no body.
    private func takeRequest() -> String? {
        guard let end = received.range(of: "\r\n\r\n")?.upperBound else { return nil }
        let length = received[..<end].split(separator: "\r\n").lazy
            .first { $0.hasPrefix("Content-Length: ") }
            .flatMap { Int($0.dropFirst("Content-Length: ".count)) }
        guard let last = received.utf8.index(end, offsetBy: length ?? 0, limitedBy: received.endIndex) else {
            return nil
        }
        defer { received = String(received[last...]) }
        return String(received[..<last])
    }
}

extension String {
    fileprivate func range(of mark: String) -> Range<String.Index>? { firstRange(of: mark) }
}
