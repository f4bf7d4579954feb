import Flow
import Kafka
import Workers

/// A run whose last attempt has an unknown outcome, and that is not sent again unasked.
package struct DoubtfulRun: Hashable, Sendable {
    /// Of the actions topic; the waiting topic has the note under the same number.
    package let partition: TopicPartition
    package let note: StartNote

    package init(partition: TopicPartition, note: StartNote) {
        self.partition = partition
        self.note = note
    }
}

/// Reads which runs wait for a decision: the notes of the waiting topics.
package struct DoubtReader: Sendable {
    private static let bound = Duration.seconds(60)

    private let topics: Topics
    private let reader: PartitionReader

    package init(topics: Topics, reader: PartitionReader) {
        self.topics = topics
        self.reader = reader
    }

    /// - Parameter partitions: how many the waiting topic of each connector has.
    /// - Returns: oldest first within a partition.
    package func runs(of partitions: [String: Int]) async throws -> [DoubtfulRun] {
        let stretches = partitions.flatMap { connector, count in
            (0..<Int32(count)).map {
                PartitionReader.Stretch(
                    TopicPartition(topic: topics.waiting(connector), partition: $0), from: 0)
            }
        }
        var notes: [TopicPartition: [RunKey: StartNote]] = [:]
        try await reader.read(stretches, within: Self.bound) { records in
            for record in records {
                guard let run = StartNote.run(ofKey: record.key) else { continue }
                let note = StartNote(WireRecord(record))
                notes[record.topicPartition, default: [:]][run] = note?.isAsking == true ? note : nil
            }
        }
        return notes.sorted { $0.key < $1.key }.flatMap { waiting, notes in
            let actions = TopicPartition(
                topic: topics.connector(ofWaiting: waiting.topic).map { topics.actions($0) } ?? waiting.topic,
                partition: waiting.partition)
            return notes.values.sorted { $0.position < $1.position }
                .map { DoubtfulRun(partition: actions, note: $0) }
        }
    }
}
