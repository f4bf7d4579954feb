import NIOCore

/// Asks for each host once at a time, however many connections wait for its answer: a host whose name servers are
/// silent holds one of the resolver's threads, not all.
///
/// It lives on its event loop. Answers are not kept: each new connection asks anew.
final class Resolutions {
    private let resolver: any HostResolver
    private let loop: any EventLoop
    private var pending: [String: EventLoopFuture<[IPAddress]>] = [:]

    init(_ resolver: any HostResolver, on loop: any EventLoop) {
        self.resolver = resolver
        self.loop = loop
    }

    func addresses(of host: String, _ body: @escaping (Result<[IPAddress], any Error>) -> Void) {
        if let address = IPAddress(host) { return body(.success([address])) }
        if let answer = pending[host] { return answer.assumeIsolated().whenComplete(body) }
        let answer = resolver.addresses(of: host, on: loop)
        pending[host] = answer
        answer.assumeIsolated().whenComplete { result in
            self.pending[host] = nil
            body(result)
        }
    }
}
