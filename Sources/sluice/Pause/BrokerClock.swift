// The time that brokers stamp records with.

import Flow
import Kafka
import Logging
import Pipeline

/// Asks a broker for its time with a record that nobody reads, as senders do when they take over what waits: a tombstone
/// in a waiting topic, which compaction removes.
enum BrokerClock {
    /// How long a broker may take, in each of two questions.
    private static let bound = Duration.seconds(8)

    /// Milliseconds since 1970; nil where no waiting topic is there, where it refuses the record, and where brokers stamp
    /// nothing.
    static func now(_ settings: Settings) async throws -> Int64? {
        var kafka = try settings.kafka()
        let topics = settings.topics
        let found = try await TopicQuery.run(kafka, settings.logger) {
            try await $0.partitionCounts(within: Self.bound)
        }
        guard let topic = found.keys.filter({ topics.connector(ofWaiting: $0) != nil }).min() else {
            return nil
        }
        kafka.properties["message.timeout.ms"] =
            kafka.properties["message.timeout.ms"] ?? "\(Self.bound.components.seconds * 1000)"
        let producer = try Producer(kafka, logger: settings.logger)
        let probe = ProducerRecord(
            topic: topic, partition: 0, key: Array("clock".utf8), value: nil, headers: [])
        do {
            let time = try await producer.send([probe]).first?.appendTime
            await producer.close(within: .seconds(5))
            return time
        } catch let error as SendError {
            // Whoever may stop things need not have the right to write there; what it means is said with the result.
            settings.logger.warning(
                "broker's time unknown", metadata: ["topic": "\(topic)", "reason": "\(error)"])
            await producer.close(within: .zero)
            return nil
        } catch {
            await producer.close(within: .zero)
            throw error
        }
    }
}
