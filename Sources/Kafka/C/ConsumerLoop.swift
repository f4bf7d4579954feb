// The polling thread of a consumer: commands, polling, batches, back-pressure, the end.
//
// Everything that changes what is read (pause, resume, seek, assign, rebalances) happens on this one
// thread: with librdkafka 2.0.2 records may be lost or come twice when another thread does it while
// messages are taken.

import CRdKafka
import Logging
import Synchronization

/// The core of a consumer.
///
/// `@unchecked Sendable`: the properties under "of the polling thread" are read and written by that thread
/// alone (callbacks that touch them run on it, inside a poll); the rest is immutable or behind a mutex.
final class ConsumerLoop: @unchecked Sendable {
    struct Command: Sendable {
        /// Whether it may run while a rebalance hook is waited for.
        let isAllowedInHook: Bool
        let run: @Sendable (ConsumerLoop) -> Void
        let refuse: @Sendable () -> Void
    }

    private struct State {
        var commands: [Command] = []
        var isStopping = false
        var isOver = false
    }

    let configuration: ConsumerConfiguration
    let handle: ClientHandle
    let context: CallbackContext
    let channel: BatchChannel
    let doorbell = Doorbell()
    private let wakeHandle: WakeHandle
    private let state = Mutex(State())
    private let closed = Completion()

    // MARK: Of the polling thread

    var hooks: RebalanceHooks?
    var generation = 0
    var assignment: Set<TopicPartition> = []
    var pausedByUser: Set<TopicPartition> = []
    var isPausedByBuffer = false
    var isInHook = false
    private var fullSince: ContinuousClock.Instant?
    private var builder = BatchBuilder()

    /// How long a full buffer may keep the thread from polling before it pauses the partitions instead.
    /// Pausing makes librdkafka throw away what it has prefetched, so a reader that is only a little slower
    /// shouldn't cause it.
    private static let patience: Duration = .milliseconds(500)

    init(_ configuration: ConsumerConfiguration, hooks: RebalanceHooks?, logger: Logger) throws(KafkaError) {
        self.configuration = configuration
        self.hooks = hooks
        let role = configuration.groupID == nil ? "reader" : "consumer"
        context = CallbackContext(role: role, logger: logger)
        handle = try ClientHandle(
            RD_KAFKA_CONSUMER, configuration.kafka, .consumer(configuration), context: context,
            rebalances: true)
        let client = handle.onPollingThread
        // From here on one queue carries records, rebalances, errors and logs alike.
        rd_kafka_poll_set_consumer(client)
        let wakeHandle = WakeHandle(owning: rd_kafka_queue_get_consumer(client))
        self.wakeHandle = wakeHandle
        channel = BatchChannel(configuration) { [doorbell] in
            doorbell.ring()
            wakeHandle.wake()
        }
        context.loop = self
        // The thread holds the loop until the consumer's owner tells it to end.
        PollThread.start("kafka-\(role)") { [self] in run() }
    }

    // MARK: For other threads

    /// Runs `body` on the polling thread.
    func perform(
        _ what: String, inHook isAllowedInHook: Bool,
        _ body: @escaping @Sendable (ConsumerLoop) throws -> Void
    ) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let command = Command(
                isAllowedInHook: isAllowedInHook,
                run: { loop in continuation.resume(with: Result { try body(loop) }) },
                refuse: { continuation.resume(throwing: KafkaError.closed(what)) })
            let isTaken = state.withLock { state in
                if !state.isOver { state.commands.append(command) }
                return !state.isOver
            }
            if isTaken { wake() } else { command.refuse() }
        }
    }

    func close() async {
        stop()
        await closed.wait()
    }

    /// Readers get `nil` from now on; the thread leaves the group and ends.
    func stop() {
        state.withLock { $0.isStopping = true }
        channel.close()
        wake()
    }

    private func wake() {
        doorbell.ring()
        wakeHandle.wake()
    }

    // MARK: The thread

    private func run() {
        while !state.withLock({ $0.isStopping }) {
            runCommands()
            let next = channel.expire()
            if waitsForRoom(until: next) { continue }
            poll(for: timeout(until: next))
        }
        shutDown()
    }

    /// Runs what other threads asked for. Inside a hook, only what is allowed there.
    func runCommands() {
        let commands = state.withLock { state -> [Command] in
            guard !state.commands.isEmpty else { return [] }
            let due = state.commands.filter { $0.isAllowedInHook || !isInHook }
            state.commands.removeAll { $0.isAllowedInHook || !isInHook }
            return due
        }
        for command in commands { command.run(self) }
    }

    /// Milliseconds until the next reader's time is over, at most an idle poll's length.
    private func timeout(until next: ContinuousClock.Instant?) -> Int32 {
        guard let next else { return PollThread.idle }
        return min(PollThread.idle, Int32(clamping: ContinuousClock.now.duration(to: next).wholeMilliseconds))
    }

    /// Takes records until there are no more at hand or a batch is full.
    private func poll(for timeout: Int32) {
        let client = handle.onPollingThread
        builder.begin()
        var message = rd_kafka_consumer_poll(client, max(0, timeout))
        while let current = message {
            absorb(current)
            rd_kafka_message_destroy(current)
            if builder.isFull(configuration) { break }
            message = rd_kafka_consumer_poll(client, 0)
        }
        flushBatch()
    }

    /// Hands over what was taken so far. A rebalance does so too before it changes anything.
    func flushBatch() {
        guard let (batch, byteCount) = builder.finish() else { return }
        channel.append(batch, byteCount: byteCount)
    }

    private func absorb(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            builder.add(message, generation: generation)
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            builder.addEnd(message, generation: generation)
        case RD_KAFKA_RESP_ERR__FATAL:
            channel.fail(context.noteFatal(handle.onPollingThread).during("reading"))
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED where configuration.groupID == nil:
            // librdkafka looks for a coordinator even for readers that have no group; it doesn't matter to
            // them.
            context.logger.debug("reader has no access to its unused group")
        default:
            channel.fail(ConsumerFault.error(message))
        }
    }

    // MARK: Back-pressure

    /// Deals with a full buffer. Up to `patience` the thread just waits for the reader; then it pauses the
    /// partitions and goes on polling, so that rebalances are served.
    ///
    /// - Returns: whether it has waited, so that there is something new to look at.
    private func waitsForRoom(until next: ContinuousClock.Instant?) -> Bool {
        if isPausedByBuffer {
            if channel.isHalfEmpty { resumeAfterBuffer() } else { channel.wish(.halfEmpty) }
            return false
        }
        guard channel.isFull else {
            fullSince = nil
            return false
        }
        let now = ContinuousClock.now
        let since = fullSince ?? now
        fullSince = since
        guard since.duration(to: now) < Self.patience else {
            pauseForBuffer()
            return false
        }
        channel.wish(.room)
        // The reader may have made room before it could know of the wish.
        guard channel.isFull else { return true }
        doorbell.wait(
            atMost: min(Self.patience, next.map { max(.zero, now.duration(to: $0)) } ?? Self.patience))
        return true
    }

    private func pauseForBuffer() {
        fullSince = nil
        isPausedByBuffer = true
        setPaused(true, assignment.subtracting(pausedByUser))
        let counts = channel.counts
        context.logger.debug(
            "reading paused: the buffer is full",
            metadata: [
                KafkaLogKeys.bufferedRecords: "\(counts.records)",
                KafkaLogKeys.bufferedBytes: "\(counts.bytes)",
            ])
        channel.wish(.halfEmpty)
    }

    private func resumeAfterBuffer() {
        isPausedByBuffer = false
        setPaused(false, assignment.subtracting(pausedByUser))
    }

    /// Tells librdkafka; it answers at once and fails only for partitions that it doesn't know.
    func setPaused(_ isPaused: Bool, _ partitions: Set<TopicPartition>) {
        guard !partitions.isEmpty else { return }
        let list = PartitionList(partitions)
        if isPaused {
            rd_kafka_pause_partitions(handle.onPollingThread, list.pointer)
        } else {
            rd_kafka_resume_partitions(handle.onPollingThread, list.pointer)
        }
    }

    // MARK: The end

    /// Runs the `revoked` hook, leaves the group and destroys the client.
    private func shutDown() {
        let start = ContinuousClock.now
        // The hook runs before librdkafka's close, not inside it: what it commits is answered while the group
        // still works. A commit that met the group's end would be dropped without an answer (2.0.2).
        revokeAll()
        assignment = []
        hooks = nil
        handle.refuseCallers()
        // No wake-ups from here on: a yield of the queue would end librdkafka's close before the group is
        // left, and its destruction would then wait for ever (seen with 2.0.2).
        wakeHandle.giveBack()
        let code = rd_kafka_consumer_close(handle.onPollingThread)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            context.logger.info(
                "Kafka consumer left its group with an error",
                metadata: [KafkaLogKeys.error: "\(KafkaError(code, "close of the consumer"))"])
        }
        let late = state.withLock { state in
            state.isOver = true
            defer { state.commands.removeAll() }
            return state.commands
        }
        for command in late { command.refuse() }
        handle.destroy()
        context.logger.debug(
            "Kafka consumer closed",
            metadata: [KafkaLogKeys.duration: "\(start.duration(to: .now).wholeMilliseconds)"])
        closed.finish()
    }
}
