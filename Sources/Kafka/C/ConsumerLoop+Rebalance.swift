// What happens on the polling thread when the group hands out or takes back partitions.
//
// librdkafka calls from inside a poll and expects an assign or unassign before the callback returns, so
// this is the one callback that waits: for the owner's hook, within a bound.

import CRdKafka
import Logging
import Synchronization

extension ConsumerLoop {
    func rebalance(_ code: rd_kafka_resp_err_t, _ partitions: [TopicPartition]) {
        flushBatch()
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            groupAssigned(partitions)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            groupRevoked()
        default:
            context.logger.warning(
                "rebalance failed", metadata: [KafkaLogKeys.error: "\(KafkaError(code, "rebalance"))"])
            groupRevoked()
        }
    }

    private func groupAssigned(_ partitions: [TopicPartition]) {
        let plain = partitions.map { PartitionStart(topicPartition: $0, offset: .committed) }
        let starts =
            hooks.flatMap { hooks in
                runHook("assigned", within: hooks.bound) { await hooks.assigned(partitions) }
            } ?? plain
        do {
            try assign(starts)
        } catch {
            channel.fail(error)
            rd_kafka_assign(handle.onPollingThread, nil)
            return
        }
        context.logger.info(
            "partitions assigned",
            metadata: [
                KafkaLogKeys.partitions: "\(Self.summary(assignment))",
                KafkaLogKeys.generation: "\(generation)",
            ])
    }

    /// A line must not name a thousand partitions.
    private static func summary(_ partitions: Set<TopicPartition>) -> String {
        let named = partitions.sorted().prefix(6).map(\.description).joined(separator: ", ")
        return partitions.count > 6 ? "\(named) … (\(partitions.count) in all)" : named
    }

    /// Eager: all that is assigned goes, also what the `assigned` hook has added.
    private func groupRevoked() {
        revokeAll()
        unassign()
    }

    /// Stops the delivery of all assigned partitions and lets their owner drain.
    func revokeAll() {
        guard !assignment.isEmpty else { return }
        let gone = assignment
        let isLost = rd_kafka_assignment_lost(handle.onPollingThread) != 0
        channel.purge(gone)
        if let hooks {
            _ = runHook("revoked", within: hooks.bound) { await hooks.revoked(gone.sorted(), isLost) }
        }
        context.logger.info(
            "partitions revoked",
            metadata: [KafkaLogKeys.partitions: "\(Self.summary(gone))", KafkaLogKeys.lost: "\(isLost)"])
    }

    /// Makes these partitions the whole assignment and starts a new generation.
    func assign(_ starts: [PartitionStart]) throws(KafkaError) {
        let offsets = resolve(starts)
        // librdkafka keeps an application's pauses beyond an assignment; ours end with it.
        setPaused(false, isPausedByBuffer ? assignment.union(pausedByUser) : pausedByUser)
        generation += 1
        assignment = Set(offsets.keys)
        pausedByUser = []
        isPausedByBuffer = false
        channel.begin(generation: generation)
        let list = PartitionList(capacity: offsets.count)
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            list.add(partition, offset: offset)
        }
        let code = rd_kafka_assign(handle.onPollingThread, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            assignment = []
            throw KafkaError(code, "assignment of \(offsets.count) partitions")
        }
    }

    private func unassign() {
        setPaused(false, isPausedByBuffer ? assignment.union(pausedByUser) : pausedByUser)
        assignment = []
        pausedByUser = []
        isPausedByBuffer = false
        rd_kafka_assign(handle.onPollingThread, nil)
    }

    /// librdkafka's offsets for the places that were asked for.
    private func resolve(_ starts: [PartitionStart]) -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        var undecided: Set<TopicPartition> = []
        for start in starts {
            switch start.offset {
            case .committed: offsets[start.topicPartition] = Int64(RD_KAFKA_OFFSET_INVALID)
            case .committedOrBeginning: undecided.insert(start.topicPartition)
            case .beginning: offsets[start.topicPartition] = Int64(RD_KAFKA_OFFSET_BEGINNING)
            case .end: offsets[start.topicPartition] = Int64(RD_KAFKA_OFFSET_END)
            case .at(let offset): offsets[start.topicPartition] = offset
            }
        }
        return offsets.merging(committedOrBeginning(undecided)) { first, _ in first }
    }

    private func committedOrBeginning(_ partitions: Set<TopicPartition>) -> [TopicPartition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(partitions)
        let code = rd_kafka_committed(
            handle.onPollingThread, list.pointer, Int32(configuration.sessionTimeout.wholeMilliseconds))
        var offsets: [TopicPartition: Int64] = [:]
        for element in list.elements {
            let isKnown = code == RD_KAFKA_RESP_ERR_NO_ERROR && element.err == RD_KAFKA_RESP_ERR_NO_ERROR
            // Where the group couldn't be asked, librdkafka asks again itself: the beginning would repeat
            // too much.
            let isNew = isKnown && element.offset < 0
            offsets[element.topicPartition] = Int64(
                isNew ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_INVALID)
        }
        return offsets
    }

    /// Runs a hook in a task and waits for it, meanwhile serving pauses, seeks and readers' time-outs.
    ///
    /// - Returns: `nil` when the bound has passed first; the hook's task is cancelled then.
    private func runHook<Value: Sendable>(
        _ name: String, within bound: Duration, _ body: @escaping @Sendable () async -> Value
    ) -> Value? {
        let result = HookResult<Value>()
        isInHook = true
        defer { isInHook = false }
        // Unstructured on purpose: this is librdkafka's callback on a thread of its own, which has no task.
        let task = Task { [doorbell] in
            result.set(await body())
            doorbell.ring()
        }
        let deadline = Deadline(within: bound)
        while true {
            if let value = result.value { return value }
            guard !deadline.isOver else { break }
            runCommands()
            let next = channel.expire().map { max(.zero, ContinuousClock.now.duration(to: $0)) }
            doorbell.wait(atMost: min(deadline.remaining, next ?? deadline.remaining))
        }
        task.cancel()
        context.logger.warning(
            "rebalance hook took too long; going on without it",
            metadata: [KafkaLogKeys.hook: "\(name)", KafkaLogKeys.bound: "\(bound.wholeMilliseconds)"])
        return nil
    }
}

/// Where a hook's task leaves its answer.
private final class HookResult<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    var value: Value? { content.withLock { $0 } }

    func set(_ value: Value) { content.withLock { $0 = value } }
}
