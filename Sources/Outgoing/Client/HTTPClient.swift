import NIOCore
import NIOPosix
import NIOSSL

/// Sends requests over pooled HTTP/1.1 connections to addresses that were checked. It knows no domain.
///
/// What it promises of each request: one end, within its time limit, whatever the other side does; a cancelled task
/// gets its end at once; nothing is sent twice.
package final class HTTPClient: Sendable {
    private let loop: any EventLoop
    private let dispatcher: NIOLoopBoundBox<Dispatcher>
    private let resolver: any HostResolver

    /// - Throws: where the trusted certificates can't be read.
    package convenience init(_ configuration: HTTPClientConfiguration) throws {
        // Its threads must be stopped by somebody, so nothing may throw once they run.
        let tls = try Self.tls(configuration)
        self.init(configuration, tls: tls, resolver: SystemResolver())
    }

    package convenience init(_ configuration: HTTPClientConfiguration, resolver: any HostResolver) throws {
        self.init(configuration, tls: try Self.tls(configuration), resolver: resolver)
    }

    private init(_ configuration: HTTPClientConfiguration, tls: NIOSSLContext, resolver: any HostResolver) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        self.loop = loop
        self.resolver = resolver
        dispatcher = NIOLoopBoundBox.makeBoxSendingValue(
            Dispatcher(
                Dial.Tools(
                    loop: loop, configuration: configuration, resolutions: Resolutions(resolver, on: loop),
                    tls: tls)),
            eventLoop: loop)
    }

    /// Ends what is on the wire; closed connections are not waited for.
    package func close() async {
        await withCheckedContinuation { continuation in
            loop.execute { [dispatcher] in
                dispatcher.value.shutDown()
                continuation.resume()
            }
        }
        resolver.close()
    }

    package func send(_ request: HTTPRequest) async -> Result<HTTPAnswer, HTTPFault> {
        let deadline = NIODeadline.now() + TimeAmount(request.timeout)
        let prepared: PreparedRequest
        do throws(HTTPFault) {
            prepared = try PreparedRequest(request, deadline: deadline)
        } catch {
            return .failure(error)
        }
        let ticket = NIOLoopBoundBox.makeBoxSendingValue(Ticket(), eventLoop: loop)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute { [dispatcher] in
                    let exchange = Exchange(prepared, continuation)
                    // The cancellation may have come first, on another thread.
                    guard !ticket.value.isCancelled else { return exchange.end(.failure(.cancelled)) }
                    ticket.value.exchange = exchange
                    dispatcher.value.send(exchange)
                }
            }
        } onCancel: {
            loop.execute { [dispatcher] in
                ticket.value.isCancelled = true
                if let exchange = ticket.value.exchange { dispatcher.value.giveUp(exchange, .cancelled) }
            }
        }
    }

    private static func tls(_ configuration: HTTPClientConfiguration) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .fullVerification
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // The farewell of one who is silent is not waited for.
        tls.shutdownTimeout = .milliseconds(500)
        tls.additionalTrustRoots = configuration.trustedCertificates.map { .file($0) }
        return try NIOSSLContext(configuration: tls)
    }
}
