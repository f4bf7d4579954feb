// The errors that librdkafka delivers in place of a record.

import CRdKafka

/// Reads error messages of a consumer.
enum ConsumerFault {
    static func error(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> KafkaError {
        let code = message.pointee.err
        let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
        guard let topic = message.pointee.rkt.flatMap({ rd_kafka_topic_name($0) }) else {
            return KafkaError(code, "reading", reason: reason)
        }
        let partition = TopicPartition(topic: String(cString: topic), partition: message.pointee.partition)
        let what = partition.partition < 0 ? "reading of \(partition.topic)" : "reading of \(partition)"
        guard code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE
        else {
            return KafkaError(code, what, reason: reason)
        }
        let asked = message.pointee.offset >= 0 ? message.pointee.offset : nil
        let story =
            asked.map { "offset \($0) is not there (any more): retention may have overtaken the reader" }
            ?? "the group has no committed offset"
        return KafkaError(
            code, what, reason: "\(story); choose where to go on with seek or assign",
            kind: .offsetUnavailable(partition, asked: asked), isRetriable: false)
    }
}
