// The core of both producers: a client, its polling thread, and `send`.

import CRdKafka
import Dispatch
import Logging
import Synchronization

/// A producing client.
///
/// `@unchecked Sendable`: the parts are `Sendable` themselves; `handle`'s rules guard the C pointer.
final class ProducerClient: @unchecked Sendable {
    private struct State {
        var isClosing = false
        var flushWithin: Duration = .zero
        /// Of calls that wait for acknowledgements.
        var promises: [ObjectIdentifier: DeliveryPromise] = [:]
    }

    let handle: ClientHandle
    let context: CallbackContext
    private let topics = TopicHandles()
    private let room = RoomSignal()
    private let wake: WakeHandle
    private let state = Mutex(State())
    private let closed = Completion()

    init(_ kafka: KafkaConfiguration, role: String, settings: ClientSettings, logger: Logger)
        throws(KafkaError)
    {
        context = CallbackContext(role: role, logger: logger)
        handle = try ClientHandle(RD_KAFKA_PRODUCER, kafka, settings, context: context)
        wake = WakeHandle(owning: rd_kafka_queue_get_main(handle.onPollingThread))
        // The thread holds the client; whoever owns the client tells it to end.
        PollThread.start("kafka-\(role)") { [self] in poll() }
    }

    /// Sends the records in their order and waits for all acknowledgements.
    func send(_ records: [ProducerRecord]) async throws -> [Delivery] {
        guard !records.isEmpty else { return [] }
        try throwIfUnusable("send")
        let promise = DeliveryPromise(topics: records.map(\.topic))
        state.withLock { $0.promises[ObjectIdentifier(promise)] = promise }
        defer { state.withLock { _ = $0.promises.removeValue(forKey: ObjectIdentifier(promise)) } }
        var index = 0
        while index < records.count {
            let signal = room.count
            switch produce(records[index...], at: &index, promise) {
            case .all:
                break
            case .isFull where !Task.isCancelled:
                await room.wait(after: signal)
            case .isFull:
                refuseRest(from: index, of: records.count, .closed("send"), promise)
                throw CancellationError()
            case .failed(let error):
                refuseRest(from: index, of: records.count, error, promise)
                index = records.count
            }
        }
        return try await promise.wait()
    }

    func throwIfUnusable(_ what: String) throws(KafkaError) {
        if let fatal = context.fatalError { throw fatal.during(what) }
        if state.withLock({ $0.isClosing }) { throw .closed(what) }
    }

    /// Waits for what is under way, then ends the client. Later calls wait for the same end.
    func close(within duration: Duration) async {
        stop(flushWithin: duration)
        await closed.wait()
    }

    /// Tells the polling thread to end; only the first call counts.
    func stop(flushWithin duration: Duration) {
        state.withLock { state in
            guard !state.isClosing else { return }
            state.isClosing = true
            state.flushWithin = duration
        }
        wake.wake()
    }

    // MARK: Producing

    private enum Progress {
        case all
        case isFull
        case failed(KafkaError)
    }

    /// Hands records to librdkafka until its queue is full. A record that it refuses is settled and passed
    /// over.
    private func produce(
        _ records: ArraySlice<ProducerRecord>, at index: inout Int, _ promise: DeliveryPromise
    ) -> Progress {
        do {
            return try handle.use("send") { client in
                var topic: (name: String, handle: OpaquePointer)?
                for record in records {
                    if let error = produce(record, index, promise, client, &topic) {
                        if error.code == RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue { return .isFull }
                        if error.isFatal || error.kind == .closed { return .failed(error) }
                        promise.refuse(index, error)
                    }
                    index += 1
                }
                return .all
            }
        } catch {
            return .failed(error as? KafkaError ?? .closed("send"))
        }
    }

    private func produce(
        _ record: ProducerRecord, _ index: Int, _ promise: DeliveryPromise, _ client: OpaquePointer,
        _ last: inout (name: String, handle: OpaquePointer)?
    ) -> KafkaError? {
        let topic: OpaquePointer
        if let last, last.name == record.topic {
            topic = last.handle
        } else {
            do { topic = try topics.handle(record.topic, of: client) } catch { return error }
            last = (record.topic, topic)
        }
        let headers = record.headers.isEmpty ? nil : HeaderList.make(record.headers)
        let error = Bytes.lend(record.key) { key, keySize in
            Bytes.lend(record.value) { value, valueSize in
                RecordArguments.produce(
                    client, topic: topic, partition: record.partition, key: (key, keySize),
                    value: (value, valueSize), headers: headers, opaque: promise.opaque(index))
            }
        }
        guard let error else { return nil }
        // A refused record's headers stay ours.
        if let headers { rd_kafka_headers_destroy(headers) }
        let failure = KafkaError(consuming: error, "send to \(record.topic)")
        guard failure.code == RD_KAFKA_RESP_ERR__FATAL.rawValue else { return failure }
        return context.noteFatal(client).during(failure.what)
    }

    private func refuseRest(from index: Int, of count: Int, _ error: KafkaError, _ promise: DeliveryPromise) {
        for rest in index..<count { promise.refuse(rest, error) }
    }

    // MARK: The polling thread

    private func poll() {
        let client = handle.onPollingThread
        while !state.withLock({ $0.isClosing }) {
            if rd_kafka_poll(client, PollThread.idle) > 0 { room.signal() }
        }
        let start = ContinuousClock.now
        let deadline = Deadline(within: state.withLock { $0.flushWithin })
        // Nobody hands over records any more from here on, so what is purged is all there is.
        handle.refuseCallers()
        room.signal()
        rd_kafka_flush(client, deadline.milliseconds)
        purge(client)
        wake.giveBack()
        topics.giveBack()
        handle.destroy()
        // What could not even be given up in time has nobody any more to report on it.
        for promise in state.withLock({ Array($0.promises.values) }) { promise.abandon(.closed("send")) }
        context.logger.debug(
            "Kafka producer closed",
            metadata: [KafkaLogKeys.duration: "\(start.duration(to: .now).wholeMilliseconds)"])
        closed.finish()
    }

    /// Fails what the flush has left, and serves the reports of it, so that no `send` waits for ever.
    private func purge(_ client: OpaquePointer) {
        let patience = Deadline(within: .seconds(5))
        while rd_kafka_outq_len(client) > 0, !patience.isOver {
            rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
            rd_kafka_flush(client, PollThread.idle)
        }
    }
}
