import Flow
import Kafka
import Logging
import Pipeline
import Testing
import Workers

/// What `in-doubt list` tells of decisions that no sender has taken up.
@Suite struct DoubtDecisionTests {
    private let topics = Topics()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func run(_ number: UInt64) -> RunKey {
        RunKey(id: RunID(high: 1, low: number), replay: 0)
    }

    private func note(_ number: UInt64) -> ProducerRecord {
        var note = StartNote(
            run: Self.run(number), store: "s", position: 0, policy: .ask, doubt: nil)
        note.isNamed = true
        return note.record(topic: topics.waiting("slack"), partition: 0).producerRecord
    }

    private func decision(_ decision: Decision, _ number: UInt64) -> ProducerRecord {
        DecisionRecord(key: Self.run(number), decision: decision)
            .record(topic: topics.actions("slack"), partition: 0).producerRecord
    }

    @Test(.timeLimit(.minutes(1)))
    func `a run is shown with the first decision about it behind its doubt`() async throws {
        let cluster = try MockCluster()
        for topic in [topics.actions("slack"), topics.waiting("slack")] {
            try cluster.createTopic(topic, partitions: 1)
        }
        let kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        let producer = try Producer(kafka, logger: logger)
        _ = try await producer.send([
            note(1), note(2), note(3), decision(.send, 1), decision(.skip, 1), decision(.skip, 3),
            decision(.skip, 9),
        ])
        await producer.close(within: .seconds(1))
        let reader = try PartitionReader(kafka, logger: logger)
        let doubts = DoubtReader(topics: topics, reader: reader)
        // One came in doubt anew, after what was decided about it.
        let found = try await doubts.runs(of: ["slack": 1]).map { run in
            run.note.run == Self.run(3)
                ? DoubtfulRun(partition: run.partition, note: run.note, since: .max) : run
        }
        #expect(found.allSatisfy { $0.decision == nil })
        let decided = try await doubts.withDecisions(found)
        await reader.close()
        let byRun = Dictionary(uniqueKeysWithValues: decided.map { ($0.note.run, $0.decision) })
        #expect(byRun == [Self.run(1): .send, Self.run(2): nil, Self.run(3): nil])
    }
}
