import Flow
import Kafka
import Liquid
import Workers

/// A run whose last attempt has an unknown outcome, and that is not sent again unasked.
package struct DoubtfulRun: Hashable, Sendable {
    /// Of the actions topic; the waiting topic has the note under the same number.
    package let partition: TopicPartition
    package let note: StartNote
    /// Since when it waits, in milliseconds since 1970; nil where the brokers stamp nothing.
    package let since: Int64?
    /// What was to be sent, where it was asked for.
    package var inputs: [String: JSON]?
    /// What was decided, while its sender hasn't taken it up; where it was asked for.
    package var decision: Decision?

    package init(partition: TopicPartition, note: StartNote, since: Int64? = nil) {
        self.partition = partition
        self.note = note
        self.since = since
    }
}

/// Reads which runs wait for a decision: the notes of the waiting topics.
package struct DoubtReader: Sendable {
    private static let bound = Duration.seconds(60)
    /// How far back decisions are looked for, in offsets of each partition, and how long.
    private static let decisionReach: Int64 = 2_000
    private static let decisionBound = Duration.seconds(5)

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
        var notes: [TopicPartition: [RunKey: (note: StartNote, time: Int64)]] = [:]
        try await reader.read(stretches, within: Self.bound) { records in
            for record in records {
                guard let run = StartNote.run(ofKey: record.key) else { continue }
                let note = StartNote(WireRecord(record))
                notes[record.topicPartition, default: [:]][run] =
                    note.flatMap { $0.isAsking ? ($0, record.timestamp) : nil }
            }
        }
        return notes.sorted { $0.key < $1.key }.flatMap { waiting, notes in
            let actions = TopicPartition(
                topic: topics.connector(ofWaiting: waiting.topic).map { topics.actions($0) } ?? waiting.topic,
                partition: waiting.partition)
            return notes.values.sorted { $0.note.position < $1.note.position }.map { note, time in
                DoubtfulRun(partition: actions, note: note, since: time < 0 ? nil : time)
            }
        }
    }

    /// The same runs with what was to be sent, as far as their action records are still there.
    package func withInputs(_ runs: [DoubtfulRun]) async throws -> [DoubtfulRun] {
        var runs = runs
        let places = Dictionary(grouping: runs.indices, by: { runs[$0].partition })
        for (partition, indices) in places {
            let found = try await records(at: indices.map { runs[$0].note.position }, of: partition)
            for index in indices {
                // One that this version can't read is in doubt all the same. In a topic that was made anew another stands
                // there.
                guard let record = found[runs[index].note.position],
                    let run = try? ActionRun(WireRecord(record)), run.id == runs[index].note.run.id
                else { continue }
                runs[index].inputs = run.properties
            }
        }
        return runs
    }

    /// The same runs with what was decided about them a moment ago: among the last records of their partitions. A sender
    /// that is there takes a decision up at once, so that none lies further back unless nobody works.
    package func withDecisions(_ runs: [DoubtfulRun]) async throws -> [DoubtfulRun] {
        var runs = runs
        let indices = Dictionary(
            runs.indices.map { (runs[$0].note.run, $0) }, uniquingKeysWith: { first, _ in first })
        var stretches: [PartitionReader.Stretch] = []
        for (partition, own) in Dictionary(grouping: runs, by: \.partition) {
            let (_, high) = try await reader.watermarks(of: partition, within: Self.bound)
            let first = own.map(\.note.position).min() ?? 0
            stretches.append(.init(partition, from: max(first, high - Self.decisionReach)))
        }
        do {
            try await reader.read(stretches, within: Self.decisionBound) { records in
                for record in records {
                    // Of several the first counts. One from before the doubt was about an earlier attempt.
                    guard let decided = DecisionRecord(WireRecord(record)), let index = indices[decided.key],
                        runs[index].partition == record.topicPartition, runs[index].decision == nil,
                        record.timestamp < 0 || record.timestamp >= runs[index].since ?? 0
                    else { continue }
                    runs[index].decision = decided.decision
                }
            }
        } catch PartitionReader.Failure.timedOut {
            // Somebody's transaction is open for long; which runs are in doubt is known all the same.
        }
        return runs
    }

    private func records(
        at offsets: [Int64], of partition: TopicPartition
    ) async throws -> [Int64: ConsumedRecord] {
        // Where nothing is left nothing is waited for.
        let (low, high) = try await reader.watermarks(of: partition, within: Self.bound)
        var found: [Int64: ConsumedRecord] = [:]
        var wanted = offsets.filter { (low..<high).contains($0) }.sorted()
        while !wanted.isEmpty {
            do {
                for record in try await reader.records(at: wanted, of: partition, within: Self.bound) {
                    found[record.offset] = record
                }
                return found
            } catch PartitionReader.Failure.gone(_, let offset) {
                wanted.removeAll { $0 == offset }
            } catch PartitionReader.Failure.timedOut {
                // Nothing is left where they were: retention was quicker than the decision.
                return found
            }
        }
        return found
    }
}
