import Synchronization

/// Lets tasks wait until something that others change has become true, within a bound.
///
/// Whoever changes the thing calls `changed` afterwards; each waiter then looks again.
package final class ChangeSignal: Sendable {
    private struct State {
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastID = 0
        /// Grows with each change, so that one between a look and the wait is not missed.
        var changes = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func changed() {
        let waiters = state.withLock { state in
            state.changes += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the condition holds; false when the bound came first or the task was cancelled.
    package func wait(within bound: Duration, until holds: @escaping @Sendable () -> Bool) async -> Bool {
        if holds() { return true }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    let seen = self.state.withLock { $0.changes }
                    if holds() { return true }
                    await self.next(after: seen)
                }
                return holds()
            }
            group.addTask {
                await Self.sleep(for: bound)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
    }

    /// In short naps: a timer stays behind a nap that is cancelled until its time, and some bounds are for ever.
    private static func sleep(for bound: Duration) async {
        let end = ContinuousClock.now + bound
        while !Task.isCancelled {
            let left = end - ContinuousClock.now
            guard left > .zero else { return }
            try? await Task.sleep(for: min(left, nap))  // cancelled = the condition came first
        }
    }

    private static let nap = Duration.seconds(1)

    private func next(after seen: Int) async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.changes == seen, !Task.isCancelled else { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
