// The commands that change what is read, as they run on the polling thread.

import CRdKafka

extension ConsumerLoop {
    func subscribe(_ topics: [String]) throws(KafkaError) {
        let list = PartitionList(topics.map { TopicPartition(topic: $0, partition: RD_KAFKA_PARTITION_UA) })
        let code = rd_kafka_subscribe(handle.onPollingThread, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(code, "subscription to \(topics.joined(separator: ", "))")
        }
    }

    func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let partitions = try assigned(partitions, "pause")
        let new = partitions.subtracting(pausedByUser)
        pausedByUser.formUnion(new)
        if !isPausedByBuffer { setPaused(true, new) }
        channel.hold(new)
    }

    func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let resumed = try assigned(partitions, "resume").intersection(pausedByUser)
        pausedByUser.subtract(resumed)
        if !isPausedByBuffer { setPaused(false, resumed) }
        channel.release(resumed)
    }

    func seek(_ partition: TopicPartition, to offset: Int64) throws(KafkaError) {
        let what = "seek of \(partition) to \(offset)"
        _ = try assigned([partition], what)
        channel.purge([partition])
        let list = PartitionList(capacity: 1)
        list.add(partition, offset: offset)
        if let error = rd_kafka_seek_partitions(handle.onPollingThread, list.pointer, Self.seekTimeout) {
            throw KafkaError(consuming: error, what)
        }
        if let element = list.elements.first, element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw KafkaError(element.err, what)
        }
    }

    /// Two seconds. Before 2.1.0 librdkafka took the milliseconds for microseconds (fixed by its change
    /// 4230).
    private static let seekTimeout: Int32 = rd_kafka_version() < 0x0201_0000 ? 2_000_000 : 2000

    private func assigned(_ partitions: [TopicPartition], _ what: String) throws(KafkaError) -> Set<
        TopicPartition
    > {
        let partitions = Set(partitions)
        if let foreign = partitions.subtracting(assignment).min() {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__STATE, what, reason: "\(foreign) is not assigned to this consumer",
                kind: .rebalancing)
        }
        return partitions
    }
}
