// Hands batches from a consumer's polling thread to whoever awaits `next`.

import Synchronization

/// The bounded buffer of a consumer, with its waiting readers and its errors.
///
/// Every method locks, decides, unlocks and only then resumes a reader or tells the polling thread.
final class BatchChannel: Sendable {
    /// What the polling thread wants to be woken for.
    enum Wish: Sendable {
        case none
        /// The buffer is below its limits again.
        case room
        /// The buffer is half empty.
        case halfEmpty
    }

    private struct Waiter {
        let id: UInt64
        let end: ContinuousClock.Instant?
        let continuation: CheckedContinuation<ConsumerBatch?, any Error>
    }

    private struct State {
        var buffer = RecordBuffer()
        var waiters: [Waiter] = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
        var errors: [KafkaError] = []
        var fatal: KafkaError?
        var isClosed = false
        var wish = Wish.none
        var generation = 0
    }

    /// Errors of one kind that pile up while nobody reads tell nothing new.
    private static let maxErrors = 100

    private let maxRecords: Int
    private let maxBytes: Int
    private let maxBatchRecords: Int
    private let state = Mutex(State())
    /// Tells the polling thread to look again.
    private let wake: @Sendable () -> Void

    init(_ configuration: ConsumerConfiguration, wake: @escaping @Sendable () -> Void) {
        maxRecords = configuration.maxBufferedRecords
        maxBytes = configuration.maxBufferedBytes
        maxBatchRecords = configuration.maxBatchRecords
        self.wake = wake
    }

    // MARK: The reader's side

    /// - Returns: `nil` when closed; an empty batch when the time is over.
    func next(within duration: Duration?) async throws -> ConsumerBatch? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let end = duration.map { ContinuousClock.now + $0.bounded }
                let isUrgent = duration.map { $0 < .milliseconds(PollThread.idle) } ?? false
                wait(Waiter(id: id, end: end, continuation: continuation), isUrgent: isUrgent)
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func wait(_ waiter: Waiter, isUrgent: Bool) {
        let (answer, mustWake) = state.withLock { state -> (Result<ConsumerBatch?, any Error>?, Bool) in
            if state.cancelled.contains(waiter.id) { return (.failure(CancellationError()), false) }
            if let answer = take(&state) { return (answer, isWishFulfilled(&state)) }
            state.waiters.append(waiter)
            // The polling thread looks after time-outs at each turn, which is soon enough for long ones.
            return (nil, isUrgent)
        }
        if let answer { waiter.continuation.resume(with: answer) }
        if mustWake { wake() }
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            state.cancelled.insert(id)
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    // MARK: The polling thread's side

    func append(_ batch: ConsumerBatch, byteCount: Int) {
        change { state in
            // A poll that was under way while the channel was closed.
            guard !state.isClosed else { return }
            state.buffer.append(batch, byteCount: byteCount, mergingUpTo: maxBatchRecords)
        }
    }

    func fail(_ error: KafkaError) {
        change { state in
            if error.isFatal {
                state.fatal = state.fatal ?? error
            } else if state.errors.count < Self.maxErrors {
                state.errors.append(error)
            }
        }
    }

    func purge(_ partitions: Set<TopicPartition>) { change { $0.buffer.purge(partitions) } }
    func hold(_ partitions: Set<TopicPartition>) { change { $0.buffer.hold(partitions) } }
    func release(_ partitions: Set<TopicPartition>) { change { $0.buffer.release(partitions) } }

    /// Starts a new assignment: nothing of the one before is delivered any more.
    func begin(generation: Int) {
        change { state in
            state.buffer.purgeAll()
            state.errors = []
            state.generation = generation
        }
    }

    func close() {
        change { state in
            state.isClosed = true
            state.buffer.purgeAll()
        }
    }

    var isFull: Bool { state.withLock { isFull($0) } }
    var isHalfEmpty: Bool { state.withLock { isHalfEmpty($0) } }

    var counts: (records: Int, bytes: Int) {
        state.withLock { ($0.buffer.recordCount, $0.buffer.byteCount) }
    }

    /// From now on the polling thread is woken when `wish` comes true.
    func wish(_ wish: Wish) {
        state.withLock { $0.wish = wish }
    }

    /// Answers readers whose time is over.
    ///
    /// - Returns: when the next one's will be.
    func expire() -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        let (expired, batch, next) = state.withLock { state in
            let expired = state.waiters.filter { $0.end.map { $0 <= now } ?? false }
            if !expired.isEmpty { state.waiters.removeAll { $0.end.map { $0 <= now } ?? false } }
            return (
                expired, ConsumerBatch(generation: state.generation), state.waiters.compactMap(\.end).min()
            )
        }
        for waiter in expired { waiter.continuation.resume(returning: batch) }
        return next
    }

    // MARK: Common

    /// Changes the state and answers the readers that can be answered then.
    private func change(_ body: (inout State) -> Void) {
        var answers: [(Waiter, Result<ConsumerBatch?, any Error>)] = []
        state.withLock { state in
            body(&state)
            while let waiter = state.waiters.first, let answer = take(&state) {
                state.waiters.removeFirst()
                answers.append((waiter, answer))
            }
        }
        for (waiter, answer) in answers { waiter.continuation.resume(with: answer) }
    }

    private func take(_ state: inout State) -> Result<ConsumerBatch?, any Error>? {
        if let fatal = state.fatal { return .failure(fatal) }
        if state.isClosed { return .success(nil) }
        if !state.errors.isEmpty { return .failure(state.errors.removeFirst()) }
        return state.buffer.take().map { .success($0) }
    }

    private func isWishFulfilled(_ state: inout State) -> Bool {
        let isFulfilled =
            switch state.wish {
            case .none: false
            case .room: !isFull(state)
            case .halfEmpty: isHalfEmpty(state)
            }
        if isFulfilled { state.wish = .none }
        return isFulfilled
    }

    private func isFull(_ state: borrowing State) -> Bool {
        state.buffer.recordCount >= maxRecords || state.buffer.byteCount >= maxBytes
    }

    private func isHalfEmpty(_ state: borrowing State) -> Bool {
        state.buffer.recordCount <= maxRecords / 2 && state.buffer.byteCount <= maxBytes / 2
    }
}
