// A server that does to its clients what the test says, and counts what it sees.

import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// Answers each request, or doesn't, by a script. It reads requests only as far as to know where one ends.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send(String)
        /// One byte now and then, for as long as the connection lives.
        case trickle
        case close
    }

    /// - Parameter number: of the request, counted from 1 over all connections.
    typealias Script = @Sendable (_ number: Int) -> [Step]

    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    let accepted = Signal("accepted connections")
    /// Pieces of what clients send, however small.
    let received = Signal("received pieces")
    let ended = Signal("ended connections")
    /// The texts of all requests, in the order of their coming.
    let requests = Observed<[String]>([])
    /// Those that are open or were.
    let channels = Observed<[any Channel]>([])
    /// Server names that TLS clients asked for.
    let names = Observed<[String?]>([])
    private let script: Script
    private let listener: Observed<(any Channel)?> = Observed(nil)

    /// - Parameter reads: else connections are accepted, and nothing is read until the test says so.
    static func run(
        host: String = "127.0.0.1", tls: NIOSSLContext? = nil, reads: Bool = true, _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        let server = ScriptedServer(script)
        try await server.start(host: host, tls: tls, reads: reads)
        do {
            try await body(server)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    var port: Int { listener.value?.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)/x" }

    /// Sends on the connection that was accepted as the `index`th, from 0.
    func send(_ text: String, on index: Int = 0) async throws {
        try await channels.value[index].writeAndFlush(ByteBuffer(string: text)).get()
    }

    func close(_ index: Int = 0) async throws {
        try await channels.value[index].close().get()
    }

    /// Closes as one that is gone: with a lingering time of zero the system sends a reset.
    func reset(_ index: Int = 0) async throws {
        let channel = channels.value[index]
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close().get()
    }

    func waitForRequests(_ count: Int) async throws {
        try await requests.wait(within: .seconds(20), for: "\(count) requests") {
            $0.count >= count ? () : nil
        }
    }

    private init(_ script: @escaping Script) {
        self.script = script
    }

    private func start(host: String, tls: NIOSSLContext?, reads: Bool) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: reads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(ServerConnection(self))
                }
            }
            .bind(host: host, port: 0).get()
        listener.update { $0 = channel }
    }

    private func stop() async throws {
        try await listener.value?.close().get()
        for channel in channels.value { channel.close(promise: nil) }
    }

    func steps(for request: String) -> [Step] {
        script(
            requests.update {
                $0.append(request)
                return $0.count
            })
    }
}
