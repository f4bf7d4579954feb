import Flow
import Kafka
import Logging
import Workers

/// Looks into the topics where runs are that have not ended in time: what is nowhere is lost, all else is late.
package struct LossInquest: Sendable {
    private static let bound = Duration.seconds(30)

    private let kafka: KafkaConfiguration
    private let topics: Topics
    private let logger: Logger

    package init(kafka: KafkaConfiguration, topics: Topics, logger: Logger) {
        self.kafka = kafka
        self.topics = topics
        self.logger = logger
    }

    /// - Parameters:
    ///   - trigger: the connector of the events.
    ///   - action: that of the actions.
    /// - Returns: traces as of now. A run that ends while they are read may be missing in them.
    package func traces(trigger: String, action: String) async throws -> RunTraces {
        let reader = try PartitionReader(kafka, logger: logger)
        do {
            let traces = try await traces(trigger, action, reader)
            await reader.close()
            return traces
        } catch {
            await reader.close()
            throw error
        }
    }

    private func traces(_ trigger: String, _ action: String, _ reader: PartitionReader) async throws
        -> RunTraces
    {
        let names = [topics.triggers(trigger), topics.actions(action), topics.waiting(action)]
        let counts = try await TopicQuery.partitionCounts(of: names, kafka, within: Self.bound, logger)
        func partitions(_ name: String) -> [TopicPartition] {
            (0..<Int32(counts[name] ?? 0)).map { TopicPartition(topic: name, partition: $0) }
        }
        var traces = RunTraces()
        let events = try await ahead(of: topics.matcherGroup, partitions(names[0]))
        try await reader.read(events, within: Self.bound) { records in
            for record in records { traces.noteEvent(WireRecord(record)) }
        }
        let actions = try await ahead(of: topics.senderGroup, partitions(names[1]))
        try await reader.read(actions, within: Self.bound) { records in
            for record in records { traces.noteAction(WireRecord(record)) }
        }
        let waiting = partitions(names[2]).map { PartitionReader.Stretch($0, from: 0) }
        try await reader.read(waiting, within: Self.bound) { records in
            for record in records { traces.noteWaiting(WireRecord(record)) }
        }
        return traces
    }

    /// What a group has not committed. It is asked without joining.
    private func ahead(
        of group: String, _ partitions: [TopicPartition]
    ) async throws -> [PartitionReader.Stretch] {
        let consumer = try Consumer(ConsumerConfiguration(kafka: kafka, groupID: group), logger: logger)
        do {
            let committed = try await consumer.committed(partitions, within: Self.bound)
            await consumer.close()
            let offsets = Dictionary(
                committed.map { ($0.topicPartition, $0.offset) }, uniquingKeysWith: { _, last in last })
            return partitions.map { PartitionReader.Stretch($0, from: offsets[$0] ?? 0) }
        } catch {
            await consumer.close()
            throw error
        }
    }
}
