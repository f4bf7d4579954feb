// Makes our records of librdkafka's messages.

import CRdKafka

/// The batch that the polling thread is filling.
struct BatchBuilder {
    private var batch = ConsumerBatch(generation: 0)
    private var byteCount = 0
    private var names = HeaderNames()
    /// The partition of the last message. Records of one partition come in runs; its name is copied once
    /// for each.
    private var last: (topic: OpaquePointer, partition: TopicPartition)?

    /// A new poll begins.
    mutating func begin() {
        // A topic object may be gone by now and its address in use for another.
        last = nil
    }

    func isFull(_ configuration: ConsumerConfiguration) -> Bool {
        batch.records.count >= configuration.maxBatchRecords || byteCount >= configuration.maxBatchBytes
    }

    /// - Parameter generation: of the assignment now. A poll may assign before it gives its first message, so the
    ///   batch belongs to the generation of its messages, not to that of the poll's beginning.
    mutating func add(_ message: UnsafeMutablePointer<rd_kafka_message_t>, generation: Int) {
        batch.generation = generation
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        let record = ConsumedRecord(
            topicPartition: partition(message), offset: message.pointee.offset, timestamp: time,
            timestampKind: .init(kind), key: Bytes.copy(message.pointee.key, message.pointee.key_len),
            value: Bytes.copy(message.pointee.payload, message.pointee.len),
            headers: HeaderList.read(message, names: &names))
        batch.records.append(record)
        byteCount += RecordBuffer.cost(record)
    }

    mutating func addEnd(_ message: UnsafeMutablePointer<rd_kafka_message_t>, generation: Int) {
        batch.generation = generation
        batch.ends.append(PartitionEnd(topicPartition: partition(message), offset: message.pointee.offset))
    }

    /// The batch and its size, or `nil` when it is empty. The builder is empty then.
    mutating func finish() -> (batch: ConsumerBatch, byteCount: Int)? {
        guard !batch.isEmpty else { return nil }
        defer {
            batch = ConsumerBatch(generation: batch.generation)
            byteCount = 0
            last = nil
        }
        return (batch, byteCount)
    }

    private mutating func partition(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> TopicPartition {
        guard let topic = message.pointee.rkt else { return TopicPartition(topic: "", partition: -1) }
        if let last, last.topic == topic, last.partition.partition == message.pointee.partition {
            return last.partition
        }
        let name = rd_kafka_topic_name(topic).map { String(cString: $0) } ?? ""
        let partition = TopicPartition(topic: name, partition: message.pointee.partition)
        last = (topic, partition)
        return partition
    }
}

extension ConsumedRecord.TimestampKind {
    fileprivate init(_ kind: rd_kafka_timestamp_type_t) {
        switch kind {
        case RD_KAFKA_TIMESTAMP_CREATE_TIME: self = .create
        case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME: self = .append
        default: self = .none
        }
    }
}
