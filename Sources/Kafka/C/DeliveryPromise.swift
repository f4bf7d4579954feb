// One promise for all acknowledgements of a `send`.

import CRdKafka
import Synchronization

/// Counts down the records of one `send` and resumes its caller once, when the last is settled or the
/// caller's task is cancelled.
///
/// Each record's opaque pointer leads to its slot here. The promise holds itself until its last record is
/// settled, so a delivery report always finds it, even when the caller has gone.
///
/// `@unchecked Sendable`: the slots are written in `init` and only read afterwards; the rest is behind the
/// mutex.
final class DeliveryPromise: @unchecked Sendable {
    private struct Slot {
        let promise: Unmanaged<DeliveryPromise>
        let index: Int
    }

    private struct State {
        var remaining: Int
        var isCancelled = false
        var isSettled: [Bool]
        var deliveries: [Delivery?]
        var failures: [SendError.Failure] = []
        var waiter: CheckedContinuation<[Delivery], any Error>?
    }

    private let topics: [String]
    private let slots: UnsafeMutablePointer<Slot>
    private let state: Mutex<State>

    /// A promise for at least one record.
    init(topics: [String]) {
        self.topics = topics
        slots = .allocate(capacity: topics.count)
        state = Mutex(
            State(
                remaining: topics.count, isSettled: Array(repeating: false, count: topics.count),
                deliveries: Array(repeating: nil, count: topics.count)))
        // Balanced by `settle` when the last record is done.
        let retained = Unmanaged.passRetained(self)
        for index in topics.indices {
            (slots + index).initialize(to: Slot(promise: retained, index: index))
        }
    }

    deinit {
        slots.deallocate()
    }

    /// The value for a record's opaque pointer.
    func opaque(_ index: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(slots + index)
    }

    /// Settles the record that a delivery report is about.
    static func settle(_ message: UnsafePointer<rd_kafka_message_t>) {
        guard let opaque = message.pointee._private else { return }
        let slot = opaque.assumingMemoryBound(to: Slot.self).pointee
        slot.promise.takeUnretainedValue().settle(slot.index, report: message)
    }

    /// Settles a record that librdkafka never took.
    func refuse(_ index: Int, _ error: KafkaError) {
        settle(index, .failure(error))
    }

    /// Settles what librdkafka has not settled, after the client's end: no report of it will come.
    func abandon(_ error: KafkaError) {
        for index in topics.indices { refuse(index, error) }
    }

    /// Waits for all records.
    ///
    /// - Throws: `SendError` when some failed, `CancellationError` when the task is cancelled: what became
    ///   of the records is unknown then.
    func wait() async throws -> [Delivery] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let end: Result<[Delivery], any Error>? = state.withLock { state in
                    if state.isCancelled { return .failure(CancellationError()) }
                    if state.remaining == 0 { return Self.end(state) }
                    state.waiter = continuation
                    return nil
                }
                if let end { continuation.resume(with: end) }
            }
        } onCancel: {
            cancel()
        }
    }

    private func cancel() {
        let waiter = state.withLock { state in
            state.isCancelled = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(throwing: CancellationError())
    }

    private func settle(_ index: Int, report message: UnsafePointer<rd_kafka_message_t>) {
        let code = message.pointee.err
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            settle(index, .failure(KafkaError(code, "send to \(topics[index])")))
            return
        }
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        let offset = message.pointee.offset
        settle(
            index,
            .success(
                Delivery(
                    topicPartition: TopicPartition(
                        topic: topics[index], partition: message.pointee.partition),
                    offset: offset >= 0 ? offset : nil,
                    appendTime: kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? time : nil)))
    }

    private func settle(_ index: Int, _ result: Result<Delivery, KafkaError>) {
        let (isLast, waiter) = state.withLock {
            state -> (Bool, CheckedContinuation<[Delivery], any Error>?) in
            guard !state.isSettled[index] else { return (false, nil) }
            state.isSettled[index] = true
            switch result {
            case .success(let delivery): state.deliveries[index] = delivery
            case .failure(let error):
                state.failures.append(.init(index: index, topic: topics[index], error: error))
            }
            state.remaining -= 1
            guard state.remaining == 0 else { return (false, nil) }
            defer { state.waiter = nil }
            return (true, state.waiter)
        }
        guard isLast else { return }
        if let waiter { waiter.resume(with: state.withLock { Self.end($0) }) }
        // The record that was settled last ends the promise's hold on itself.
        Unmanaged.passUnretained(self).release()
    }

    private static func end(_ state: State) -> Result<[Delivery], any Error> {
        guard state.failures.isEmpty else {
            return .failure(
                SendError(
                    failures: state.failures.sorted { $0.index < $1.index }, deliveries: state.deliveries))
        }
        return .success(state.deliveries.compactMap { $0 })
    }
}
