// A network that fails on request: stands between a client and a server of a test and cuts, delays, throttles or
// swallows. Knows no protocol, but for the one switch that lets librdkafka 2.0.2 talk to Tansu.

import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on a loopback port, with faults that can be switched while it runs.
///
/// Closes everything when the last reference goes; ``stop()`` also waits for it.
package final class TCPFaultProxy: Sendable {
    private struct Listener {
        let channel: any Channel
        let accepting: Task<Void, Never>
    }

    package static let host = "127.0.0.1"
    package let port: Int
    /// Fires for each connection that a client made.
    package let accepted: Signal
    /// Fires for each ApiVersions request that was answered in the target's place.
    package let answeredApiVersions: Signal

    private let connections: ProxyConnections
    private let listener = Mutex<Listener?>(nil)

    /// Forwards to `targetPort`, where nothing has to listen yet.
    ///
    /// With `answersApiVersionsV3` it reads the clients' bytes as Kafka requests: see `ApiVersionsGate`. With
    /// `keepsKafkaClients` it reads both sides, so that clients that learn the broker's own port stay with it, and answers
    /// can be given errors: see `KafkaExchange`.
    package static func start(
        targetHost: String = TCPFaultProxy.host,
        targetPort: Int,
        answersApiVersionsV3: Bool = false,
        keepsKafkaClients: Bool = false
    ) async throws -> TCPFaultProxy {
        // A port outside the system's range for outgoing connections, so that it is still there after a refusal.
        let port = try await LoopbackPort.free()
        let connections = ProxyConnections(
            targetHost: targetHost, targetPort: targetPort, answersApiVersionsV3: answersApiVersionsV3,
            ownPort: keepsKafkaClients ? port : nil)
        let proxy = TCPFaultProxy(port: port, connections: connections)
        try await proxy.acceptConnections()
        return proxy
    }

    private init(port: Int, connections: ProxyConnections) {
        self.port = port
        self.connections = connections
        accepted = connections.accepted
        answeredApiVersions = connections.answeredApiVersions
    }

    deinit {
        listener.withLock { $0 }?.channel.close(promise: nil)
        connections.cutAll()
    }

    package var address: String {
        "\(Self.host):\(port)"
    }

    package var faults: Faults {
        connections.faults.value
    }

    /// Changes the faults; takes effect with the next chunk of each connection.
    package func setFaults(_ change: @Sendable (inout Faults) -> Void) {
        connections.faults.update(change)
    }

    /// Resets all connections (RST, not an orderly close), and returns how many there were. New ones are served.
    @discardableResult
    package func cutConnections() -> Int {
        connections.cutAll()
    }

    /// Stops listening, so that new connections are refused. Connections that exist go on.
    package func refuseConnections() async throws {
        guard let closing = listener.withLock({ $0.take() }) else { return }
        try await closing.channel.close()
        SpawnGate.awaitPassed()
    }

    /// Listens (again), on the same port.
    package func acceptConnections() async throws {
        guard listener.withLock({ $0 == nil }) else { return }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: Self.host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try ProxyConnections.wrap(channel) }
            }
        // Unstructured, because it lives as long as the proxy and not as long as this call. It holds the
        // connections and not the proxy, whose deinit ends it.
        let accepting = Task { [connections] in
            await connections.serve(server)
        }
        listener.withLock { $0 = Listener(channel: server.channel, accepting: accepting) }
    }

    /// Closes the listener and all connections, and waits until they are gone.
    package func stop() async throws {
        let closing = listener.withLock { $0.take() }
        try await closing?.channel.close()
        SpawnGate.awaitPassed()
        connections.cutAll()
        await closing?.accepting.value
    }
}
