import Flow
import Kafka
import Liquid
import Logging

/// Reads what comes into the runs and dead topics from a moment on: in no group, and nothing is committed.
package final class RunsReader: Sendable {
    package enum Item: Sendable {
        case run(RunRecord)
        case letter(DeadLetter)
    }

    private let kafka: KafkaConfiguration
    private let topics: Topics
    private let logger: Logger
    private let consumer: Consumer

    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(kafka: KafkaConfiguration, topics: Topics, logger: Logger) throws {
        self.kafka = kafka
        self.topics = topics
        self.logger = logger
        consumer = try Consumer(
            ConsumerConfiguration(
                kafka: kafka, offsetReset: .earliest, maxPrefetchedBytes: 16 << 20,
                minPrefetchedRecords: 10_000,
                fetchWaitMax: .milliseconds(50)),
            logger: logger)
    }

    /// Takes its place at the ends of the topics. Whatever is sent afterwards is seen.
    ///
    /// - Throws: `MissingTopics`; `KafkaError` when no broker answers.
    package func begin(within bound: Duration = .seconds(8)) async throws {
        let counts = try await TopicQuery.partitionCounts(
            of: [topics.runs, topics.dead], kafka, within: bound, logger)
        var starts: [PartitionStart] = []
        for (topic, count) in counts.sorted(by: { $0.key < $1.key }) {
            for partition in 0..<Int32(count) {
                let place = TopicPartition(topic: topic, partition: partition)
                // Asked for, because librdkafka would look for the end only when it first reads.
                let end = try await consumer.watermarks(of: place, within: bound).high
                starts.append(PartitionStart(topicPartition: place, offset: .at(end)))
            }
        }
        try await consumer.assign(starts)
    }

    /// What came next, in the order of the topics; empty when the time has passed, and perhaps before. Records of other
    /// formats are left out.
    ///
    /// - Returns: nil after `close`.
    /// - Throws: `KafkaError` when the topics can't be read any more.
    package func next(within duration: Duration) async throws -> [Item]? {
        do {
            return try await consumer.next(within: duration)?.records.compactMap { item($0) }
        } catch let error as KafkaError where !error.isFatal && error.kind != .closed {
            // What doesn't end the consumer passes, and the brokers are asked again.
            logger.warning("runs not read for now", metadata: [LogKeys.error: "\(error)"])
            return []
        }
    }

    private func item(_ record: ConsumedRecord) -> Item? {
        if record.topicPartition.topic == topics.dead {
            return DeadLetter(WireRecord(record)).map { .letter($0) }
        }
        guard let value = record.value, let document = try? JSONParser.parse(value) else { return nil }
        return RunRecord(value: document).map { .run($0) }
    }

    package func close() async {
        await consumer.close()
    }
}
