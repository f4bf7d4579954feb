import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// One connection: carries one request at a time and tells its owner what becomes of it.
///
/// Its one timer serves whatever it does: it is set for the earliest moment that could matter, looks then, and is set
/// again if that was too early. So a request costs no timer of its own.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        case connecting
        /// Connected; with TLS, not ready yet.
        case greeting
        case idle(since: NIODeadline)
        case carrying(Exchange, AnswerReading)
        /// The answer is there, but not the end of what was read with it.
        case answered
        case closed
    }

    private static let goneEarly = "the other side closed it"

    let destination: Destination
    /// From when it is open until it has ended.
    private var dispatcher: Dispatcher?
    private var opened: ((Result<Void, HTTPFault>) -> Void)?
    private let bodyLimit: Int
    private let idleLimit: TimeAmount
    private var state = State.connecting
    private var isSent = true
    private var context: ChannelHandlerContext?
    private var timer: (scheduled: Scheduled<Void>, at: NIODeadline)?

    /// - Parameter opened: called when it is ready, or fails after it was connected; at most once.
    init(
        to destination: Destination, _ configuration: HTTPClientConfiguration,
        opened: @escaping (Result<Void, HTTPFault>) -> Void
    ) {
        self.destination = destination
        self.opened = opened
        bodyLimit = configuration.bodyLimit
        idleLimit = TimeAmount(configuration.idleLimit)
    }

    // MARK: What it is asked for

    /// From now on it tells the dispatcher what becomes of it.
    func serve(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
    }

    /// False when the other side has closed it and its end is about to be told.
    var isUsable: Bool {
        guard case .idle = state else { return false }
        return context?.channel.isActive == true
    }

    /// - Precondition: it is usable.
    func carry(_ exchange: Exchange) {
        guard let context, isUsable else { return exchange.end(.failure(.closed(isWithinAnswer: false))) }
        exchange.connection = self
        state = .carrying(exchange, AnswerReading(bodyLimit: bodyLimit))
        isSent = false
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenSuccess { self.isSent = true }
        context.write(wrapOutboundOut(.head(exchange.request.head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(exchange.request.bytes))), promise: sent)
        look(at: exchange.request.deadline)
    }

    /// Ends what it carries with this fault, and the connection with it.
    func close(_ fault: HTTPFault) {
        let last = state
        state = .closed
        switch last {
        case .closed: return
        case .connecting: break  // whoever connects learns of it
        case .greeting: opened?(.failure(fault))
        case .carrying(let exchange, _): exchange.end(.failure(fault))
        case .idle, .answered: break
        }
        timer?.scheduled.cancel()
        timer = nil
        opened = nil
        context?.close(promise: nil)
        dispatcher?.ended(self)
        dispatcher = nil
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        close(.closed(isWithinAnswer: false))
    }

    func channelActive(context: ChannelHandlerContext) {
        state = .greeting
        if !destination.isSecure { open() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            if isForDestination(context) {
                open()
            } else {
                close(.insecure("the certificate is for another host"))
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .carrying(let exchange, var reading) = state else { return }
        // Or the copy in the state would make every chunk a copy of the body.
        state = .answered
        switch reading.read(unwrapInboundIn(data)) {
        case .more:
            state = .carrying(exchange, reading)
        case .done(let answer, let isReusable):
            exchange.end(.success(answer))
            // An answer that overtook its request leaves the rest of that on the wire.
            if !isReusable || !isSent { close(.closed(isWithinAnswer: false)) }
        }
    }

    /// Only now a connection takes its next request: bytes behind the answer have shown themselves as a fault by then.
    func channelReadComplete(context: ChannelHandlerContext) {
        guard case .answered = state else { return }
        idle()
        dispatcher?.released(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .carrying(_, let reading) = state {
            close(.closed(isWithinAnswer: reading.hasBegun))
        } else {
            close(destination.isSecure ? .insecure(Self.goneEarly) : .unreachable)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A body that ends with its connection often ends so. Where its length is known the parser minds.
        if case .uncleanShutdown = error as? NIOSSLError { return }
        if case .greeting = state, error is IOError { return close(.insecure(Self.goneEarly)) }
        var hasBegun = false
        if case .carrying(_, let reading) = state { hasBegun = reading.hasBegun }
        close(HTTPFault(error, isWithinAnswer: hasBegun))
    }

    private func isForDestination(_ context: ChannelHandlerContext) -> Bool {
        if IPAddress(destination.host) != nil { return true }
        guard let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate() else {
            return false  // can't be after a handshake with verification
        }
        return CertificateName.isFor(destination.host, certificate)
    }

    // MARK: Time

    private func open() {
        guard case .greeting = state else { return }
        idle()
        opened?(.success(()))
        opened = nil
    }

    private func idle() {
        let now = NIODeadline.now()
        state = .idle(since: now)
        look(at: now + idleLimit)
    }

    /// Looks then, or earlier.
    private func look(at moment: NIODeadline) {
        guard let loop = context?.eventLoop else { return }
        if let timer {
            if timer.at <= moment { return }
            timer.scheduled.cancel()
        }
        timer = (loop.assumeIsolated().scheduleTask(deadline: moment) { self.look() }, moment)
    }

    private func look() {
        timer = nil
        let now = NIODeadline.now()
        switch state {
        case .carrying(let exchange, _) where exchange.request.deadline <= now: close(.timedOut)
        case .carrying(let exchange, _): look(at: exchange.request.deadline)
        case .idle(let since) where since + idleLimit <= now: close(.timedOut)
        case .idle(let since): look(at: since + idleLimit)
        case .connecting, .greeting, .answered, .closed: break
        }
    }
}
