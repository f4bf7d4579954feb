// A bounded queue between the maker of events and one sender.

import Kafka
import Synchronization

/// Records on their way to one sender. One task puts, one takes; a full lane makes the putting one wait.
final class EmitLane: Sendable {
    /// Records that wait, and records of one `send`.
    static let limit = 1000

    private struct State {
        var records: [ProducerRecord] = []
        var isFinished = false
        /// The sender is gone.
        var isClosed = false
        var putter: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// - Returns: false where nobody will send it any more.
    func put(_ record: ProducerRecord) async -> Bool {
        while true {
            let (isDone, taker) = state.withLock { state -> (Bool?, CheckedContinuation<Void, Never>?) in
                if state.isClosed { return (false, nil) }
                guard state.records.count < Self.limit else { return (nil, nil) }
                state.records.append(record)
                return (true, state.taker.take())
            }
            taker?.resume()
            if let isDone { return isDone }
            await wait(for: \.putter) { $0.isClosed || $0.records.count < Self.limit }
        }
    }

    /// All that is there, as soon as there is something; empty after the last.
    func take() async -> [ProducerRecord] {
        await wait(for: \.taker) { $0.isClosed || $0.isFinished || !$0.records.isEmpty }
        let (records, putter) = state.withLock { state in
            defer { state.records = [] }
            return (state.records, state.putter.take())
        }
        putter?.resume()
        return records
    }

    /// Nothing more is put.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.taker.take()
        }?.resume()
    }

    /// Nothing more is taken.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return [state.putter.take(), state.taker.take()]
        }
        for continuation in waiting { continuation?.resume() }
    }

    private func wait(
        for waiter: WritableKeyPath<State, CheckedContinuation<Void, Never>?>,
        until isDone: (State) -> Bool
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if isDone(state) { return true }
                    state[keyPath: waiter] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            close()
        }
    }
}
