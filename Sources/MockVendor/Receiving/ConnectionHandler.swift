// Tells OpenConnections what happens to one connection. It neither reads nor changes what passes through.

import NIOCore

/// Reports a connection when it is set up, and when the client closes its side of it.
final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let connections: OpenConnections

    init(reportingTo connections: OpenConnections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.add(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            connections.noteHangUp(context.channel)
        }
        context.fireUserInboundEventTriggered(event)
    }
}
