// The consumer's calls that block until a broker has answered. They run on queues of their own, not on the
// polling thread, so that they work inside a rebalance hook.

import CRdKafka

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
            rd_kafka_commit_queue(
                client, list.pointer, nil,
                { _, _, partitions, opaque in
                    guard let partitions, let opaque else { return }
                    let answer = Unmanaged<CommitAnswer>.fromOpaque(opaque).takeUnretainedValue()
                    for element in PartitionList.elements(partitions)
                    where element.err != RD_KAFKA_RESP_ERR_NO_ERROR && answer.error == nil {
                        answer.error = KafkaError(element.err, "commit of \(element.topicPartition)")
                    }
                }, Unmanaged.passUnretained(answer).toOpaque())
        }
        if let error = withExtendedLifetime(answer, { answer.error }) { throw error }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "commit") }
    }

    /// The group's offsets of these partitions; those without one are left out.
    static func committed(
        _ partitions: [TopicPartition], within duration: Duration, _ handle: ClientHandle
    ) throws -> [OffsetCommit] {
        let list = PartitionList(partitions)
        let code = try handle.use("query of committed offsets") { client in
            rd_kafka_committed(client, list.pointer, Int32(clamping: duration.wholeMilliseconds))
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "query of committed offsets") }
        if let error = list.firstError("query of the committed offset") { throw error }
        return list.elements.filter { $0.offset >= 0 }.map { element in
            OffsetCommit(
                topicPartition: element.topicPartition, offset: element.offset, metadata: element.metadataText
            )
        }
    }

    /// The first offset that is there, and the one that the next record will get.
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
