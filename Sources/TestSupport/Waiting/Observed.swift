// The one place where tests wait: a value behind a lock, and waiters that are told when it changes. Signals,
// child processes and the proxy's switches are built on it, so none of them sleeps to look again.

import Synchronization

/// A value that any thread may change and any task may await.
///
/// Conditions are evaluated under the lock at every change, so a state that lasts only for one change is seen
/// too. They must be short, and must not touch the same `Observed`.
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter {
        /// Returns what resumes the waiter when the value satisfies it.
        let resumption: @Sendable (Value) -> (@Sendable () -> Void)?
        let cancel: @Sendable () -> Void
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value {
        state.withLock { $0.value }
    }

    /// How many tasks wait at this moment.
    var waiterCount: Int {
        state.withLock { $0.waiters.count }
    }

    /// Changes the value, then resumes the waiters that were waiting for what it is now.
    package func update<Result: Sendable>(_ change: (inout Value) throws -> Result) rethrows -> Result {
        let (result, resumptions) = try state.withLock { state in
            let result = try change(&state.value)
            var resumptions: [@Sendable () -> Void] = []
            for (id, waiter) in state.waiters {
                guard let resume = waiter.resumption(state.value) else { continue }
                state.waiters[id] = nil
                resumptions.append(resume)
            }
            return (result, resumptions)
        }
        for resume in resumptions { resume() }
        return result
    }

    /// Waits until `condition` returns a result; throws `CancellationError` when the task is cancelled.
    package func wait<Result: Sendable>(
        until condition: @escaping @Sendable (Value) -> Result?
    ) async throws -> Result {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                register(id, condition: condition, continuation: continuation)
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.cancel()
        }
    }

    /// Waits as above, at most for `limit`; then throws an error with `awaited` and what was `seen` at the end.
    package func wait<Result: Sendable>(
        within limit: Duration,
        for awaited: String,
        seen: @escaping @Sendable (Value) -> String = { String(describing: $0) },
        until condition: @escaping @Sendable (Value) -> Result?
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await self.wait(until: condition) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw TestSupportError.timedOut(awaited: awaited, seen: seen(self.value), limit: limit)
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// Runs inside the waiting task, so `Task.isCancelled` is about that task. Checking it under the lock closes
    /// the gap in which a cancellation finds no waiter yet.
    private func register<Result: Sendable>(
        _ id: Int,
        condition: @escaping @Sendable (Value) -> Result?,
        continuation: CheckedContinuation<Result, any Error>
    ) {
        let waiter = Waiter(
            resumption: { value in
                guard let found = condition(value) else { return nil }
                return { continuation.resume(returning: found) }
            },
            cancel: { continuation.resume(throwing: CancellationError()) })
        let resumeNow: (@Sendable () -> Void)? = state.withLock { state in
            if Task.isCancelled { return waiter.cancel }
            if let resume = waiter.resumption(state.value) { return resume }
            state.waiters[id] = waiter
            return nil
        }
        resumeNow?()
    }
}
