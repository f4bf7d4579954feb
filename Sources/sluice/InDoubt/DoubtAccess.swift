// Reads runs in doubt, and writes what was decided about them.

import Flow
import Kafka
import Pipeline
import Workers

struct DoubtAccess {
    let settings: Settings

    /// Every run that waits for a decision.
    ///
    /// - Parameter isDetailed: whether what was to be sent, and what was decided already, is looked up, too.
    func runs(isDetailed: Bool = false) async throws -> [DoubtfulRun] {
        let (kafka, topics, logger) = (try settings.kafka(), settings.topics, settings.logger)
        let counts = try await TopicQuery.run(kafka, logger) {
            try await $0.partitionCounts(within: .seconds(8))
        }
        // Whatever connector they are of, also one that was deleted.
        let partitions = Dictionary(
            uniqueKeysWithValues: counts.compactMap { topic, count in
                topics.connector(ofWaiting: topic).map { ($0, count) }
            })
        guard !partitions.isEmpty else { throw MissingTopics(names: [topics.waiting("…")]) }
        let reader = try PartitionReader(kafka, logger: logger)
        do {
            let doubts = DoubtReader(topics: topics, reader: reader)
            let found = try await doubts.runs(of: partitions)
            let runs =
                isDetailed ? try await doubts.withDecisions(doubts.withInputs(found)) : found
            await reader.close()
            return runs
        } catch {
            await reader.close()
            throw error
        }
    }

    /// Says what was decided behind each run, in its partition: its sender carries it out.
    func decide(_ decision: Decision, on runs: [DoubtfulRun]) async throws {
        let producer = try Producer(settings.kafka(), logger: settings.logger)
        do {
            _ = try await producer.send(
                runs.map { run in
                    DecisionRecord(key: run.note.run, decision: decision)
                        .record(topic: run.partition.topic, partition: run.partition.partition).producerRecord
                })
            await producer.close(within: .seconds(5))
        } catch {
            await producer.close(within: .zero)
            throw error
        }
    }
}
