// Topics: creates, counts, describes and deletes them.

import Logging

/// An administrative client. Its calls run on threads of their own and end within the time they are given.
package final class Admin: Sendable {
    private let client: ProducerClient
    private let queue: BlockingQueue
    private let bootstrapServers: String

    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        client = try ProducerClient(configuration, role: "admin", settings: .admin(), logger: logger)
        queue = BlockingQueue("sluice.kafka.admin", isSerial: false)
        bootstrapServers = configuration.bootstrapServers
    }

    deinit {
        client.stop(flushWithin: .zero)
    }

    /// Creates topics; those that exist are left as they are.
    ///
    /// - Throws: `KafkaError` when the cluster didn't answer; what became of the topics is unknown then.
    package func createTopics(
        _ topics: [NewTopic], within duration: Duration = .seconds(30)
    ) async throws -> [String: TopicCreation] {
        guard !topics.isEmpty else { return [:] }
        return try await ask(within: duration) { handle in
            try AdminRequests.create(topics, within: duration, handle).mapValues { error in
                guard let error else { return .created }
                return error.kind == .topicExists ? .existed : .failed(error)
            }
        }
    }

    /// Deletes topics with all their records.
    package func deleteTopics(
        _ topics: [String], within duration: Duration = .seconds(30)
    ) async throws -> [String: TopicDeletion] {
        guard !topics.isEmpty else { return [:] }
        return try await ask(within: duration) { handle in
            try AdminRequests.delete(topics, within: duration, handle).mapValues { error in
                guard let error else { return .deleted }
                return error.kind == .unknownTopic ? .absent : .failed(error)
            }
        }
    }

    /// How many partitions topics have; those that don't exist are left out.
    ///
    /// - Parameter topics: `nil` for all that this client may see.
    package func partitionCounts(
        of topics: [String]? = nil, within duration: Duration = .seconds(10)
    ) async throws -> [String: Int] {
        // One answer holds them all, and asking for a topic by name may create it on some clusters.
        let all = try await shapes(within: duration).mapValues(\.partitions)
        guard let topics else { return all }
        return all.filter { topics.contains($0.key) }
    }

    /// The partitions and replicas of all topics that this client may see.
    package func shapes(within duration: Duration = .seconds(10)) async throws -> [String: TopicShape] {
        try await ask(within: duration) { try AdminRequests.shapes(within: duration, $0) }
    }

    /// Whether the cluster says which of its brokers takes administrative requests. One that doesn't, such as librdkafka's
    /// own, answers none, and they would be waited for to the end of their time.
    ///
    /// - Parameter duration: how long it may take to be told. After a question for topics it is known.
    package func hasController(within duration: Duration = .seconds(2)) async throws -> Bool {
        try await ask(within: duration) { try AdminRequests.hasController(within: duration, $0) }
    }

    /// The settings of topics, the cluster's defaults included. Topics of which the broker tells nothing are left out:
    /// they don't exist, or this client may not see them.
    ///
    /// - Throws: `KafkaError` when the broker doesn't answer, or doesn't answer administrative requests.
    package func settings(
        of topics: [String], within duration: Duration = .seconds(10)
    ) async throws -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        return try await ask(within: duration) {
            try AdminRequests.settings(of: topics, within: duration, $0)
        }
    }

    /// The first offset that is there, and the one that the next record will get.
    package func watermarks(
        of partition: TopicPartition, within duration: Duration = .seconds(10)
    ) async throws -> (low: Int64, high: Int64) {
        try await ask(within: duration) {
            try ConsumerQueries.watermarks(of: partition, within: duration, $0)
        }
    }

    /// Ends the client. May be called again.
    package func close() async {
        await client.close(within: .zero)
    }

    private func ask<Value: Sendable>(
        within duration: Duration, _ body: @escaping @Sendable (ClientHandle) throws -> Value
    ) async throws -> Value {
        do {
            return try await queue.run { [handle = client.handle] in try body(handle) }
        } catch let error as KafkaError {
            throw explain(error, within: duration)
        }
    }

    /// Says which servers were tried, where none has answered.
    private func explain(_ error: KafkaError, within duration: Duration) -> KafkaError {
        guard error.kind == .timedOut || error.kind == .unreachable else { return error }
        return error.unanswered(
            by: bootstrapServers,
            "no answer from the bootstrap servers \(bootstrapServers) within \(duration); check that a "
                + "broker runs there, that this machine can reach it, and that it answers administrative requests"
        )
    }
}
