// The connections of one proxy: accepts them, finds the target for each, and keeps count of them for the cut.

import NIOCore
import NIOPosix
import Synchronization

/// Serves the clients of a `TCPFaultProxy`. Apart from it, so that running connections do not keep it alive.
final class ProxyConnections: Sendable {
    typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// A connection cut by request, as against one that its ends closed.
    private struct Cut: Error {}

    let faults = Observed(TCPFaultProxy.Faults())
    let accepted = Signal("accepted connections")
    let answeredApiVersions = Signal("answered ApiVersions requests")

    private struct Open: Sendable {
        var cuts = 0
        var count = 0
    }

    private let targetHost: String
    private let targetPort: Int
    private let answersApiVersionsV3: Bool
    /// The proxy's port, where it keeps Kafka's clients.
    private let ownPort: Int?
    private let open = Observed(Open())

    /// What is known of one connection's requests, for its answers.
    private final class Exchange: Sendable {
        private let state: Mutex<KafkaExchange>

        init(_ exchange: KafkaExchange) { state = Mutex(exchange) }

        func noteRequests(_ chunk: ByteBuffer) { state.withLock { $0.noteRequests(chunk) } }

        func passAnswers(_ chunk: ByteBuffer, errors: [Int16: Int16]) -> ByteBuffer {
            state.withLock { $0.passAnswers(chunk, errors: errors) }
        }
    }

    init(targetHost: String, targetPort: Int, answersApiVersionsV3: Bool, ownPort: Int?) {
        self.ownPort = ownPort
        self.targetHost = targetHost
        self.targetPort = targetPort
        self.answersApiVersionsV3 = answersApiVersionsV3
    }

    static func wrap(_ channel: any Channel) throws -> Stream {
        try Stream(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Every connection waits for the number of cuts to pass the one it was opened under.
    @discardableResult
    func cutAll() -> Int {
        open.update { open in
            open.cuts += 1
            return open.count
        }
    }

    /// Serves until the listener is closed and the last of its connections has ended.
    func serve(_ server: NIOAsyncChannel<Stream, Never>) async {
        do {
            try await server.executeThenClose { clients in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await client in clients {
                        group.addTask { await self.serve(client) }
                    }
                }
            }
        } catch {
            // A listener that fails refuses connections from then on: the test sees that on its client.
        }
    }

    private func serve(_ client: Stream) async {
        let cutsBefore = open.update { open in
            open.count += 1
            return open.cuts
        }
        defer { open.update { $0.count -= 1 } }
        accepted.fire()
        do {
            try await client.executeThenClose { fromClient, toClient in
                try await self.untilCut(after: cutsBefore) {
                    try await self.forward(fromClient, toClient)
                } onCut: {
                    try await Self.reset(client.channel)
                }
            }
        } catch {
            // Both ends of a broken connection learn of it by its close; the proxy goes on.
        }
    }

    /// Runs `body`, and stops it by throwing when the connections are cut.
    private func untilCut(
        after cutsBefore: Int,
        body: @escaping @Sendable () async throws -> Void,
        onCut: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask(operation: body)
            group.addTask {
                try await self.open.wait { $0.cuts > cutsBefore ? () : nil }
                try await onCut()
                throw Cut()
            }
            try await group.next()
        }
    }

    private func forward(
        _ fromClient: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ toClient: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        if faults.value.acceptsWithoutForwarding {
            for try await _ in fromClient {}
            return
        }
        let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: targetHost, port: targetPort) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.wrap(channel) }
            }
        let exchange = ownPort.map {
            Exchange(KafkaExchange(targetPort: self.targetPort, ownPort: $0))
        }
        try await server.executeThenClose { fromServer, toServer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await self.forwardRequests(fromClient, toServer, answersTo: toClient, exchange)
                    try Self.passOnEnd(to: toServer)
                }
                group.addTask {
                    let lane = ProxyLane(direction: .toClient, writer: toClient, faults: self.faults)
                    for try await chunk in fromServer {
                        let errors = self.faults.value.errorCodes
                        try await lane.send(exchange?.passAnswers(chunk, errors: errors) ?? chunk)
                    }
                    try Self.passOnEnd(to: toClient)
                }
                try await group.waitForAll()
            }
        }
    }

    private func forwardRequests(
        _ fromClient: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ toServer: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        answersTo toClient: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ exchange: Exchange?
    ) async throws {
        let lane = ProxyLane(direction: .toTarget, writer: toServer, faults: faults)
        guard answersApiVersionsV3 else {
            for try await chunk in fromClient {
                exchange?.noteRequests(chunk)
                try await lane.send(chunk)
            }
            return
        }
        // ApiVersions is a connection's first request, so an answer here cannot overtake one of the server's.
        let answers = ProxyLane(direction: .toClient, writer: toClient, faults: faults)
        var gate = ApiVersionsGate()
        for try await chunk in fromClient {
            for step in gate.append(chunk) {
                switch step {
                case .forward(let bytes):
                    exchange?.noteRequests(bytes)
                    try await lane.send(bytes)
                case .answer(let bytes):
                    try await answers.send(bytes)
                    answeredApiVersions.fire()
                }
            }
        }
    }

    /// A side that has finished sending is one thing, a cut another: cancellation ends the loops over the chunks
    /// too, and an orderly end sent then would forestall the reset.
    private static func passOnEnd(to writer: NIOAsyncChannelOutboundWriter<ByteBuffer>) throws {
        try Task.checkCancellation()
        writer.finish()
    }

    /// Closes as a peer that is gone: with a lingering time of zero the system sends a reset.
    private static func reset(_ channel: any Channel) async throws {
        try await (channel as? any SocketOptionProvider)?
            .setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }
}
