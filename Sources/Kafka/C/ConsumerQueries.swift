// The consumer's calls that block until a broker has answered. They run on queues of their own, not on the
// polling thread, so that they work inside a rebalance hook.

import CRdKafka
import Logging

/// Commits and questions about offsets.
enum ConsumerQueries {
    /// Commits and waits for the broker's answer.
    static func commit(_ offsets: [OffsetCommit], _ handle: ClientHandle) throws {
        let list = PartitionList(capacity: offsets.count)
        for offset in offsets {
            list.add(offset.topicPartition, offset: offset.offset, metadata: offset.metadata)
        }
        let answer = CommitAnswer()
        let code = try handle.use("commit") { client in
            // Without a queue the call waits and then runs the callback itself, so the answer outlives its
            // use.
            let code = rd_kafka_commit_queue(
                client, list.pointer, nil,
                { _, _, partitions, opaque in
                    guard let partitions, let opaque else { return }
                    let answer = Unmanaged<CommitAnswer>.fromOpaque(opaque).takeUnretainedValue()
                    for element in PartitionList.elements(partitions)
                    where element.err != RD_KAFKA_RESP_ERR_NO_ERROR && answer.error == nil {
                        answer.error = KafkaError(element.err, "commit of \(element.topicPartition)")
                    }
                }, Unmanaged.passUnretained(answer).toOpaque())
            // What was fatal before (a fenced member) is told by its own name.
            if code == RD_KAFKA_RESP_ERR__FATAL { throw handle.context.noteFatal(client).during("commit") }
            return code
        }
        if let error = withExtendedLifetime(answer, { answer.error }) { throw error }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "commit") }
    }

    /// The group's offsets of these partitions; those without one are left out.
    ///
    /// While a transaction with offsets of the group is open (its producer was killed, say), brokers answer "unstable"
    /// and librdkafka asks again only for a moment; here it is asked until the time is over.
    static func committed(
        _ partitions: [TopicPartition], within duration: Duration, _ handle: ClientHandle
    ) throws -> [OffsetCommit] {
        let deadline = Deadline(within: duration)
        while true {
            do {
                return try committedNow(partitions, by: deadline, handle)
            } catch let error as KafkaError
                where error.code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT.rawValue && !deadline.isOver
            {
                handle.context.logger.info(
                    "committed offsets are not stable yet, asking again",
                    metadata: [KafkaLogKeys.errorName: "\(error.name)"])
            }
        }
    }

    private static func committedNow(
        _ partitions: [TopicPartition], by deadline: Deadline, _ handle: ClientHandle
    ) throws -> [OffsetCommit] {
        let list = PartitionList(partitions)
        let code = try handle.use("query of committed offsets") { client in
            rd_kafka_committed(client, list.pointer, max(1, deadline.milliseconds))
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "query of committed offsets") }
        if let error = list.firstError("query of the committed offset") { throw error }
        return list.elements.filter { $0.offset >= 0 }.map { element in
            OffsetCommit(
                topicPartition: element.topicPartition, offset: element.offset, metadata: element.metadataText
            )
        }
    }

    /// The first offset that is there, and the end by the client's isolation: for readers of committed records
    /// that is the last stable offset, below a transaction that is open.
    static func watermarks(
        of partition: TopicPartition, within duration: Duration, _ handle: ClientHandle
    ) throws -> (low: Int64, high: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = try handle.use("query of the watermarks of \(partition)") { client in
            rd_kafka_query_watermark_offsets(
                client, partition.topic, partition.partition, &low, &high,
                Int32(clamping: duration.wholeMilliseconds))
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, "query of the watermarks of \(partition)")
        }
        return (low, high)
    }
}

/// Written by the callback of a commit and read by its caller, on the same thread.
private final class CommitAnswer {
    var error: KafkaError?
}
