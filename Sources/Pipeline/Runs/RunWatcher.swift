import Flow
import Kafka
import Logging
import Synchronization

/// Watches what becomes of events that somebody is about to send: `begin`, `expect` them, send them, and call `next`
/// until nothing is outstanding.
///
/// It reads the runs and dead topics from where they end at `begin`, in no group, and commits nothing. What is not
/// about expected events is dropped.
package final class RunWatcher: Sendable {
    private struct State {
        var tracker = RunTracker()
        /// Who waits for fewer outstanding events.
        var waiter: (limit: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let reader: RunsReader
    private let state = Mutex(State())

    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(kafka: KafkaConfiguration, topics: Topics, logger: Logger) throws {
        reader = try RunsReader(kafka: kafka, topics: topics, logger: logger)
    }

    /// Takes its place at the ends of the topics. Whatever is sent afterwards is seen.
    ///
    /// - Throws: `MissingTopics`; `KafkaError` when no broker answers.
    package func begin(within bound: Duration = .seconds(8)) async throws {
        try await reader.begin(within: bound)
    }

    /// Announces events before they are sent.
    package func expect(_ events: some Sequence<EventIdentity>) {
        state.withLock { $0.tracker.expect(events) }
    }

    /// Events that are not over.
    package var outstanding: Int { state.withLock { $0.tracker.outstanding } }
    package var tally: RunTally { state.withLock { $0.tracker.tally } }

    /// Some of the events that are not over, and where they stand.
    package func examples(_ limit: Int = 10) -> [(event: EventIdentity, standing: RunStanding)] {
        state.withLock { $0.tracker.examples(limit) }
    }

    /// Where events stand that are not over.
    package var standings: Set<RunStanding.Kind> { state.withLock { $0.tracker.standings } }

    /// Waits until fewer events than `limit` are outstanding; somebody else must call `next` meanwhile. For one
    /// caller at a time.
    package func room(below limit: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasRoom = state.withLock { state in
                    if state.tracker.outstanding < limit || Task.isCancelled { return true }
                    state.waiter = (limit, continuation)
                    return false
                }
                if hasRoom { continuation.resume() }
            }
        } onCancel: {
            takeWaiter { _ in true }?.resume()
        }
    }

    private func takeWaiter(_ isDue: (State) -> Bool) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            guard isDue(state) else { return nil }
            defer { state.waiter = nil }
            return state.waiter?.continuation
        }
    }

    /// The next news of expected events, in the order of the topics; empty when the time has passed.
    ///
    /// - Returns: nil after `close`.
    /// - Throws: `KafkaError` when the topics can't be read any more.
    package func next(within duration: Duration) async throws -> [RunNews]? {
        let deadline = ContinuousClock.now + duration
        while true {
            let left = max(.zero, ContinuousClock.now.duration(to: deadline))
            guard let items = try await reader.next(within: left) else { return nil }
            let news = items.compactMap { take($0) }
            takeWaiter { $0.tracker.outstanding < $0.waiter?.limit ?? 0 }?.resume()
            if !news.isEmpty || ContinuousClock.now >= deadline { return news }
        }
    }

    private func take(_ item: RunsReader.Item) -> RunNews? {
        switch item {
        case .letter(let letter):
            state.withLock { $0.tracker.take(letter) }.map { .unusable($0, reason: letter.reason) }
        case .run(let record):
            state.withLock { $0.tracker.take(record) } ? .record(record) : nil
        }
    }

    package func close() async {
        takeWaiter { _ in true }?.resume()
        await reader.close()
    }
}
