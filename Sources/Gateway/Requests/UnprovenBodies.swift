import Synchronization

/// Bodies of requests whose signature is over the body, so that anybody could send them: a few at a time. When there are
/// too many, the one that has taken longest gives way to the newest: a vendor's body is there within milliseconds, and
/// who sends slowly to keep others out loses the place first.
final class UnprovenBodies: Sendable {
    private struct State {
        var next = 0
        var slots: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// How many are arriving.
    var count: Int { state.withLock { $0.slots.count } }

    /// - Parameter read: reads the body, and gives up when the stream ends.
    func read(
        _ read: (_ untilEvicted: AsyncStream<Void>) async throws(Problem) -> [UInt8]
    ) async throws(Problem) -> [UInt8] {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let (id, oldest) = state.withLock { state -> (Int, AsyncStream<Void>.Continuation?) in
            let oldest = state.slots.count < limit ? nil : state.slots.keys.min()
            defer { state.next += 1 }
            let evicted = oldest.flatMap { state.slots.removeValue(forKey: $0) }
            state.slots[state.next] = continuation
            return (state.next, evicted)
        }
        oldest?.finish()
        defer {
            _ = state.withLock { $0.slots.removeValue(forKey: id) }
            continuation.finish()
        }
        return try await read(stream)
    }
}
