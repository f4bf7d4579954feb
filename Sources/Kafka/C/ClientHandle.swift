// The owner of a librdkafka client.

import CRdKafka
import Dispatch
import Logging
import Synchronization

/// A `rd_kafka_t`, and the rule for its end: it is destroyed when nobody is inside a call any more.
///
/// `@unchecked Sendable`: librdkafka's client is thread-safe by its own promise (INTRODUCTION.md, "Threads
/// and callbacks"), and the pointer is read only between `enter` and `leave`, or by the polling thread that
/// destroys it.
final class ClientHandle: @unchecked Sendable {
    private struct State {
        var callers = 0
        var isClosing = false
        var isDestroyed = false
    }

    let context: CallbackContext
    private let pointer: OpaquePointer
    private let state = Mutex(State())
    private let allLeft = DispatchSemaphore(value: 0)

    init(
        _ type: rd_kafka_type_t, _ kafka: KafkaConfiguration, _ settings: ClientSettings,
        context: CallbackContext,
        rebalances: Bool = false
    ) throws(KafkaError) {
        let configuration = try settings.makeConfiguration(for: kafka)
        context.install(
            in: configuration, delivers: type == RD_KAFKA_PRODUCER, rebalances: rebalances)
        var text = ErrorText()
        guard let client = rd_kafka_new(type, configuration.pointer, &text.bytes, text.bytes.count) else {
            // On failure the configuration stays ours; its owner destroys it.
            throw .invalid("creation of the Kafka client \(kafka.clientID)", text.string)
        }
        configuration.relinquish()
        pointer = client
        self.context = context
    }

    deinit {
        // Only when no polling thread was started, so nobody else can be inside.
        let isDestroyed = state.withLock { $0.isDestroyed }
        if !isDestroyed { rd_kafka_destroy(pointer) }
    }

    /// Runs a call on the client. The pointer must not leave `body`.
    ///
    /// - Throws: `KafkaError` of kind `closed` when the client is closing, or what `body` throws.
    func use<Value>(_ what: String, _ body: (OpaquePointer) throws -> Value) throws -> Value {
        let isOpen = state.withLock { state in
            guard !state.isClosing else { return false }
            state.callers += 1
            return true
        }
        guard isOpen else { throw KafkaError.closed(what) }
        defer { leave() }
        return try body(pointer)
    }

    /// For the polling thread, which is the one that destroys the client.
    var onPollingThread: OpaquePointer { pointer }

    /// Refuses new calls and waits for those inside. Called once, by the polling thread; it blocks.
    func refuseCallers() {
        let callers = state.withLock { state in
            state.isClosing = true
            return state.callers
        }
        if callers > 0 { allLeft.wait() }
    }

    /// Destroys the client; it blocks. Callers are refused before, and what hangs on the client (messages,
    /// queues, topic handles) was given back.
    func destroy() {
        rd_kafka_destroy(pointer)
        state.withLock { $0.isDestroyed = true }
    }

    private func leave() {
        let isLast = state.withLock { state in
            state.callers -= 1
            return state.isClosing && state.callers == 0
        }
        if isLast { allLeft.signal() }
    }
}
