// Opens the dead topic for a command.

import Flow
import Kafka
import Pipeline
import Workers

enum DeadTopic {
    /// Opens a reader, and closes it when the body is done.
    static func read<Value: Sendable>(
        _ settings: Settings, _ body: @Sendable (LetterReader) async throws -> Value
    ) async throws -> Value {
        let (kafka, topic) = (try settings.kafka(), settings.topics.dead)
        let counts = try await TopicCheck.run([topic], kafka, settings.logger)
        let reader = try PartitionReader(kafka, logger: settings.logger)
        do {
            let value = try await body(
                LetterReader(topic: topic, reader: reader, partitions: counts[topic] ?? 0))
            await reader.close()
            return value
        } catch {
            await reader.close()
            throw error
        }
    }
}
