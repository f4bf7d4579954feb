import Flow
import Kafka

extension WireRecord {
    package init(_ record: ConsumedRecord) {
        self.init(
            topic: record.topicPartition.topic, partition: record.topicPartition.partition, key: record.key,
            value: record.value, headers: record.headers.map { WireHeader($0.name, $0.value) })
    }

    package init(_ record: ProducerRecord) {
        self.init(
            topic: record.topic, partition: record.partition, key: record.key, value: record.value,
            headers: record.headers.map { WireHeader($0.name, $0.value) })
    }

    package var producerRecord: ProducerRecord {
        ProducerRecord(
            topic: topic, partition: partition, key: key, value: value,
            headers: headers.map { RecordHeader(name: $0.name, value: $0.value) })
    }
}

extension RecordPlace {
    package init(_ record: ConsumedRecord) {
        self.init(
            topic: record.topicPartition.topic, partition: record.topicPartition.partition,
            offset: record.offset)
    }
}
