import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens one connection: looks the host up, checks the addresses, and connects to one that was checked. Between check
/// and connecting nobody is asked again, so an answer that changes meanwhile changes nothing.
///
/// It lives on the client's event loop and ends exactly once, with a connection that is ready or with a fault.
final class Dial {
    struct Tools {
        let loop: any EventLoop
        let configuration: HTTPClientConfiguration
        let resolutions: Resolutions
        let tls: NIOSSLContext
    }

    /// Addresses that are tried, at most.
    private static let addressLimit = 4
    /// An answer's headers: bytes of one, bytes and number of all.
    private static let headerLimits = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 * 1024
        limits.maxHeaderListSize = 64 * 1024
        limits.maxHeaderFieldCount = 128
        return limits
    }()

    private let destination: Destination
    private let tools: Tools
    private let deadline: NIODeadline
    private let body: (Dial, Result<Connection, HTTPFault>) -> Void
    private var addresses: ArraySlice<IPAddress> = []
    private var connection: Connection?
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// - Parameter body: called once, on the loop, and never from within `start`.
    init(
        to destination: Destination, _ tools: Tools,
        _ body: @escaping (Dial, Result<Connection, HTTPFault>) -> Void
    ) {
        self.destination = destination
        self.tools = tools
        self.body = body
        deadline = .now() + TimeAmount(tools.configuration.connectTimeout)
    }

    func start() {
        let loop = tools.loop.assumeIsolated()
        timer = loop.scheduleTask(deadline: deadline) { self.end(.failure(.notConnectedInTime)) }
        loop.execute { [self] in
            tools.resolutions.addresses(of: destination.host) { [self] in check($0) }
        }
    }

    /// Gives up, and closes what is half open.
    func end(_ result: Result<Connection, HTTPFault>) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        if case .failure(let fault) = result { connection?.close(fault) }
        connection = nil
        body(self, result)
    }

    private func check(_ answer: Result<[IPAddress], any Error>) {
        guard !isOver else { return }
        guard case .success(let found) = answer, let first = found.first else {
            return end(.failure(.hostNotFound))
        }
        let policy = tools.configuration.policy
        addresses = found.filter { policy.refusal(of: $0) == nil }.prefix(Self.addressLimit)
        guard !addresses.isEmpty else {
            return end(.failure(.refused(address: first, kind: policy.refusal(of: first) ?? "not allowed")))
        }
        tryNext(after: .unreachable)
    }

    private func tryNext(after fault: HTTPFault) {
        guard !isOver else { return }
        guard let address = addresses.popFirst() else { return end(.failure(fault)) }
        // Half of the time that is left, so that a silent address leaves some for the others.
        let left = deadline - .now()
        let limit = addresses.isEmpty ? left : .nanoseconds(left.nanoseconds / 2)
        guard
            let target = try? SocketAddress(
                packedIPAddress: ByteBuffer(bytes: address.bytes), port: destination.port)
        else { return tryNext(after: .unreachable) }  // can't be: an address has 4 or 16 bytes
        let dial = NIOLoopBound(self, eventLoop: tools.loop)
        ClientBootstrap(group: tools.loop)
            .connectTimeout(max(limit, .milliseconds(1)))
            // A request's last packet must not wait for the other side's acknowledgement.
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try dial.value.furnish(channel) }
            }
            .connect(to: target)
            .assumeIsolated()
            .whenFailure { [self] error in
                tryNext(after: error is ChannelError ? .notConnectedInTime : .unreachable)
            }
    }

    private func furnish(_ channel: any Channel) throws {
        guard !isOver else { throw HTTPFault.notConnectedInTime }  // closes the channel
        let connection = Connection(to: destination, tools.configuration) { [self] in opened($0) }
        let pipeline = channel.pipeline.syncOperations
        if destination.isSecure {
            // An address is no name to ask for; the certificate is then compared with the address.
            let name = IPAddress(destination.host) == nil ? destination.host : nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tools.tls, serverHostname: name))
        }
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .fireError, limitConfiguration: Self.headerLimits)
        try pipeline.addHandlers(WireHandler(), ByteToMessageHandler(decoder), connection)
        self.connection = connection
    }

    private func opened(_ result: Result<Void, HTTPFault>) {
        // It may come too late: then `end` has closed the connection.
        guard let connection, !isOver else { return }
        end(result.map { connection })
    }
}
