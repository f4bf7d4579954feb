import Flow
import Kafka
import Logging

/// Writes what is sent again together with what is said of it.
///
/// Exactly once: both in one transaction, under one name for all of an installation's commands, so that a second
/// command fences the first, and reads what that one committed. At least once: the copies first, acknowledged, then
/// what is said of them: an interruption in between sends a copy twice, under one name, which senders and matchers know.
package struct LetterWriter: Sendable {
    private let writer: OutputWriter
    private let mode: DeliveryMode

    /// With exactly-once a predecessor's open transaction is ended here: read letters only then.
    package init(_ kafka: KafkaConfiguration, topics: Topics, mode: DeliveryMode, logger: Logger) async throws
    {
        self.mode = mode
        writer = try await OutputWriter(
            kafka, mode: mode, transactionalID: "\(topics.prefix).dead.letters", topics: topics,
            logger: logger)
    }

    package func write(_ batch: LetterPass.Batch) async throws {
        guard !batch.isEmpty else { return }
        for records in Self.writes(batch, mode) where !records.isEmpty {
            _ = try await writer.write(records.map(\.producerRecord))
        }
    }

    /// What is written at once, in the order of writing.
    package static func writes(_ batch: LetterPass.Batch, _ mode: DeliveryMode) -> [[WireRecord]] {
        switch mode {
        case .exactlyOnce: [batch.copies + batch.resolutions]
        case .atLeastOnce: [batch.copies, batch.resolutions]
        }
    }

    package func close() async { await writer.close() }
}
