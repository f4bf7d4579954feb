// Follows the runs topic while a test runs, so that the test can wait for what it shows.

import Flow
import Kafka
import Logging
import Liquid
import TestSupport

/// Reads every run record once, as a reader of committed records sees them.
final class RunFollower: Sendable {
    private let consumer: Consumer
    private let starts: [PartitionStart]
    private let observed = Observed(RunHistory())

    init(_ kafka: KafkaConfiguration, topic: String, partitions: Int, logger: Logger) throws {
        consumer = try Consumer(
            ConsumerConfiguration(kafka: kafka, offsetReset: .earliest, fetchWaitMax: .milliseconds(100)),
            logger: logger)
        starts = (0..<Int32(partitions)).map {
            PartitionStart(topicPartition: TopicPartition(topic: topic, partition: $0), offset: .beginning)
        }
    }

    /// Until `close`.
    func run() async throws {
        do {
            try await consumer.assign(starts)
        } catch let error as KafkaError where error.kind == .closed {
            return
        }
        while let batch = try await consumer.next() {
            let records = try batch.records.map { try JSONParser.parse($0.value ?? []) }
            guard !records.isEmpty else { continue }
            observed.update { history in
                for record in records { history.add(record) }
            }
        }
    }

    func close() async { await consumer.close() }

    var history: RunHistory { observed.value }

    /// Waits until the history satisfies the condition, and returns it.
    func wait(
        _ awaited: String, within limit: Duration, until condition: @escaping @Sendable (RunHistory) -> Bool
    ) async throws -> RunHistory {
        try await observed.wait(within: limit, for: awaited, seen: \.summary) { condition($0) ? $0 : nil }
    }

    /// Waits until so many events are matched and every run of theirs has ended.
    func end(ofEvents count: Int, within limit: Duration) async throws -> RunHistory {
        try await wait("the end of the runs of \(count) events", within: limit) { $0.isOver(events: count) }
    }
}
