// One direction of one proxied connection.

import NIOCore

/// Sends chunks on, each with the faults that are in force at its time.
struct ProxyLane: Sendable {
    let direction: TCPFaultProxy.Direction
    let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let faults: Observed<TCPFaultProxy.Faults>

    func send(_ chunk: ByteBuffer) async throws {
        let delay = faults.value.delay
        if delay > .zero { try await Task.sleep(for: delay) }
        var rest = chunk
        while rest.readableBytes > 0 {
            try await awaitUnblocked()
            let portion = portionLength(of: rest)
            guard let part = rest.readSlice(length: portion) else { return }
            if let bytesPerSecond = faults.value.bytesPerSecond {
                try await Task.sleep(for: .seconds(1) * portion / max(1, bytesPerSecond))
            }
            try await writer.write(part)
        }
    }

    private func awaitUnblocked() async throws {
        let direction = direction
        try await faults.wait { $0.blockedDirections.contains(direction) ? nil : () }
    }

    /// A throttled chunk goes in portions of a twentieth of a second, so that a changed limit is soon noticed.
    private func portionLength(of chunk: ByteBuffer) -> Int {
        guard let bytesPerSecond = faults.value.bytesPerSecond else { return chunk.readableBytes }
        return min(chunk.readableBytes, max(1, bytesPerSecond / 20))
    }
}
