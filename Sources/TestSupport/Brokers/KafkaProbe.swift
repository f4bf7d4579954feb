// Tells whether a Kafka broker answers, without a Kafka client.

import NIOCore
import NIOPosix

/// Asks a broker for its ApiVersions (version 0), the one request that every broker answers on a new connection.
enum KafkaProbe {
    private static let correlationID: Int32 = 0x51C3

    /// True when a well-formed answer without an error comes within `limit`.
    static func answers(port: Int, within limit: Duration = .seconds(1)) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                // Not being answered is what this asks about, for whatever reason.
                (try? await ask(port: port)) ?? false
            }
            group.addTask {
                // Only cancellation ends the sleep early, and nobody reads the result then.
                try? await Task.sleep(for: limit)
                return false
            }
            return await group.next() ?? false
        }
    }

    private static func ask(port: Int) async throws -> Bool {
        let broker = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: TCPFaultProxy.host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await broker.executeThenClose { inbound, outbound in
            try await outbound.write(request)
            var answer = ByteBuffer()
            for try await var chunk in inbound {
                answer.writeBuffer(&chunk)
                let fields = answer.getMultipleIntegers(at: 0, as: (Int32, Int32, Int16).self)
                if let (_, correlationID, errorCode) = fields {
                    return correlationID == Self.correlationID && errorCode == 0
                }
            }
            return false
        }
    }

    /// Request header version 1: key 18, version 0, correlation id, client id; ApiVersions 0 has no body.
    private static var request: ByteBuffer {
        let client = "probe"
        var body = ByteBuffer()
        body.writeMultipleIntegers(Int16(18), Int16(0), correlationID, Int16(client.utf8.count))
        body.writeString(client)
        var frame = ByteBuffer(integer: Int32(body.readableBytes))
        frame.writeBuffer(&body)
        return frame
    }
}
