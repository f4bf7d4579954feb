// Waiting until the log has seen enough, without looking again and again.

import Flow
import Synchronization

extension DeliveryLog {
    struct Waiter {
        let condition: @Sendable (DeliveryStats) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    /// Waits until the totals satisfy `condition`, at most for `limit`.
    ///
    /// The condition is evaluated at every request, under the log's lock: it must be short and must not use the log.
    ///
    /// - Throws: MockVendorError.timedOut with the totals at that moment; CancellationError.
    package func wait(
        within limit: Duration, until condition: @escaping @Sendable (DeliveryStats) -> Bool
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await self.wait(until: condition) }
            group.addTask {
                // The limit itself: whichever of the two is over first ends the other.
                try await Task.sleep(for: limit)
                throw MockVendorError.timedOut(limit: limit, seen: self.stats.json.jsonText)
            }
            try await group.next()
            try Task.checkCancellation()
        }
    }

    /// Removes and returns the waiters that have what they waited for.
    static func takeReached(from state: inout State) -> [Waiter] {
        guard !state.waiters.isEmpty else { return [] }
        let reached = state.waiters.filter { $0.value.condition(state.stats) }
        for id in reached.keys { state.waiters[id] = nil }
        return Array(reached.values)
    }

    /// Returns when the condition holds or the task is cancelled.
    private func wait(until condition: @escaping @Sendable (DeliveryStats) -> Bool) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Checked under the lock, so a cancellation can't slip in before the waiter is there.
                    if Task.isCancelled || condition(state.stats) { return true }
                    state.waiters[id] = Waiter(condition: condition, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }
}
