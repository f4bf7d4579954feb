import Synchronization

/// Performs work of a source, at most so many pieces at once, and takes the next when one ends.
///
/// The source is asked whenever somebody calls `wake` and whenever a piece ends; nothing polls and nothing is queued
/// here. `close` stops asking; `run` returns when what was begun has ended.
package final class WorkerPool<Work: Sendable>: Sendable {
    private struct State {
        var running = 0
        var isClosed = false
    }

    private let limit: Int
    private let next: @Sendable () -> Work?
    private let perform: @Sendable (Work) async -> Void
    private let ended: @Sendable () -> Void
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - next: gives the next piece that may begin, or nil; it is called without a lock held.
    ///   - ended: called after each piece, when `running` no longer counts it.
    package init(
        limit: Int, next: @escaping @Sendable () -> Work?, perform: @escaping @Sendable (Work) async -> Void,
        ended: @escaping @Sendable () -> Void = {}
    ) {
        self.limit = limit
        self.next = next
        self.perform = perform
        self.ended = ended
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that the source may have something; many calls before the pool looks count as one.
    package func wake() {
        waker.yield()
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        waker.finish()
    }

    package var running: Int { state.withLock { $0.running } }

    package func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in wakes {
                while let work = begin() {
                    group.addTask {
                        await self.perform(work)
                        self.state.withLock { $0.running -= 1 }
                        self.ended()
                        self.wake()
                    }
                }
            }
        }
    }

    /// The slot is taken before the source is asked, so that the bound holds whoever calls.
    private func begin() -> Work? {
        let hasSlot = state.withLock { state in
            guard !state.isClosed, state.running < limit else { return false }
            state.running += 1
            return true
        }
        guard hasSlot else { return nil }
        if let work = next() { return work }
        state.withLock { $0.running -= 1 }
        return nil
    }
}
