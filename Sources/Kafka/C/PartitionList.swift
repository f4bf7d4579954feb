// The owner of librdkafka's list of partitions.

import CRdKafka

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A `rd_kafka_topic_partition_list_t`. Not `Sendable`: made, used and dropped within one function.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int) {
        pointer = rd_kafka_topic_partition_list_new(Int32(capacity))
    }

    init(_ partitions: some Collection<TopicPartition>) {
        self.init(capacity: partitions.count)
        for partition in partitions { add(partition) }
    }

    deinit {
        rd_kafka_topic_partition_list_destroy(pointer)
    }

    func add(
        _ partition: TopicPartition, offset: Int64 = Int64(RD_KAFKA_OFFSET_INVALID), metadata: String? = nil
    ) {
        let added = rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
        added?.pointee.offset = offset
        guard let metadata, let added else { return }
        // The list frees its elements' metadata itself, with free(3): it gets a copy of its own.
        var text = metadata
        text.withUTF8 { bytes in
            guard let copy = malloc(max(bytes.count, 1)) else { return }
            if let start = bytes.baseAddress { memcpy(copy, start, bytes.count) }
            added.pointee.metadata = copy
            added.pointee.metadata_size = bytes.count
        }
    }

    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> { Self.elements(pointer) }

    /// The first element that carries an error, as an error of `what`.
    func firstError(_ what: String) -> KafkaError? {
        elements.first { $0.err != RD_KAFKA_RESP_ERR_NO_ERROR }.map {
            KafkaError($0.err, "\(what) of \($0.topicPartition)")
        }
    }

    static func read(_ pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [TopicPartition] {
        elements(pointer).map(\.topicPartition)
    }

    static func elements(
        _ pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) -> UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
    }
}

extension rd_kafka_topic_partition_t {
    var topicPartition: TopicPartition {
        TopicPartition(topic: topic.map { String(cString: $0) } ?? "", partition: partition)
    }

    var metadataText: String? {
        guard let metadata, metadata_size > 0 else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: metadata, count: metadata_size), as: UTF8.self)
    }
}
