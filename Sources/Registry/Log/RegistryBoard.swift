// Shares what a reader has read with those who wait for it.

import Flow
import Kafka
import Synchronization

/// The reader's state with its waiters and listeners. Every method locks, decides, unlocks, and only then resumes.
final class RegistryBoard: Sendable {
    /// What waiters look at.
    struct Progress: Sendable {
        let isReady: Bool
        let position: Int64
    }

    private struct Waiter {
        let isDone: @Sendable (Progress) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var registry: RegistryState
        /// The topic's end when the reader began; nil before.
        var firstEnd: Int64?
        var isReady = false
        /// Why the registry can't be read at the moment.
        var problem: RegistryError?
        var end: Result<Void, any Error>?
        var waiters: [UInt64: Waiter] = [:]
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0

        var progress: Progress { Progress(isReady: isReady, position: registry.position) }
    }

    private let topic: String
    private let state: Mutex<State>

    init(topic: String, historyOf kinds: Set<RegistryEntry.Kind>, builtIn: Catalogue) {
        self.topic = topic
        state = Mutex(State(registry: RegistryState(historyOf: kinds, builtIn: builtIn)))
    }

    var directory: Directory { state.withLock { $0.registry.directory } }
    var catalogue: Catalogue { state.withLock { $0.registry.directory.catalogue } }
    var history: RegistryHistory? { state.withLock { $0.registry.history } }
    var isReady: Bool { state.withLock { $0.isReady } }

    // MARK: The reader's side

    func begin(at low: Int64, end: Int64) {
        change { state in
            state.registry.advance(to: low)
            state.firstEnd = end
            state.problem = nil
        }
    }

    /// - Returns: the records that were skipped.
    func take(_ batch: ConsumerBatch) -> [RegistryState.Remark] {
        change { state in
            let remarks = batch.records.compactMap { state.registry.take($0) }
            // Compaction leaves gaps: the end may lie beyond the last record.
            for end in batch.ends { state.registry.advance(to: end.offset) }
            return remarks
        }
    }

    func note(_ problem: RegistryError) {
        state.withLock { $0.problem = problem }
    }

    func end(_ error: (any Error)?) {
        let (waiters, listeners, error) = state.withLock { state in
            let error = error ?? RegistryError.readerEnded(topic: topic)
            if state.end == nil { state.end = .failure(error) }
            defer {
                state.waiters = [:]
                state.listeners = [:]
            }
            return (Array(state.waiters.values), Array(state.listeners.values), error)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
        for listener in listeners { listener.finish() }
    }

    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, waiters, listeners) = state.withLock { state in
            let value = body(&state)
            if let end = state.firstEnd, state.registry.position >= end { state.isReady = true }
            let progress = state.progress
            let done = state.waiters.filter { $0.value.isDone(progress) }
            for id in done.keys { state.waiters[id] = nil }
            return (value, Array(done.values), Array(state.listeners.values))
        }
        for waiter in waiters { waiter.continuation.resume() }
        for listener in listeners { listener.yield() }
        return value
    }

    // MARK: Waiting

    func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> UInt64? in
            guard state.end == nil else { return nil }
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            return state.nextID
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    /// - Parameter limit: how long nothing may be read; a long topic may take longer.
    /// - Throws: the reader's end; the problem that it has, or else `notReady`, when nothing came for that long.
    func wait(within limit: Duration, until isDone: @escaping @Sendable (Progress) -> Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.wait(until: isDone) }
            group.addTask { try await self.watchProgress(limit) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Ends only by throwing.
    private func watchProgress(_ limit: Duration) async throws {
        var position = Int64.min
        while true {
            let (now, problem) = state.withLock { ($0.registry.position, $0.problem) }
            guard now > position else { throw problem ?? .notReady(topic: topic, within: limit) }
            position = now
            // The limit itself: who waits is woken by what is read, beside this.
            try await Task.sleep(for: limit)
        }
    }

    private func wait(until isDone: @escaping @Sendable (Progress) -> Bool) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.contains(id) { return .failure(CancellationError()) }
                    if isDone(state.progress) { return .success(()) }
                    if let end = state.end { return end }
                    state.waiters[id] = Waiter(isDone: isDone, continuation: continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.cancelled.insert(id)
                return state.waiters.removeValue(forKey: id)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}
