// Sends records and waits until they are safe.

import Logging

/// An idempotent producer: each acknowledged record is in its partition once, on all in-sync replicas, in
/// the order of sending.
///
/// Several `send`s may be under way at once; records of one `send` keep their order, those of two that
/// overlap have none between them.
package final class Producer: Sendable {
    private let client: ProducerClient

    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(_ configuration: KafkaConfiguration, logger: Logger) throws {
        client = try ProducerClient(configuration, role: "producer", settings: .producer(), logger: logger)
    }

    deinit {
        client.stop(flushWithin: .zero)
    }

    /// Sends the records and waits for every acknowledgement. A full local queue makes it wait, not fail.
    ///
    /// - Returns: one delivery for each record, in the same order.
    /// - Throws: `SendError`, which names each record that failed: too large, no such topic or partition,
    ///   not acknowledged within librdkafka's `message.timeout.ms` (5 minutes by default). The other
    ///   records are sent. `KafkaError` when nothing was sent: a fatal error (it comes back on each later
    ///   call) or a closed client. `CancellationError` when the task is cancelled: records that were handed
    ///   over may still be sent.
    package func send(_ records: [ProducerRecord]) async throws -> [Delivery] {
        try await client.send(records)
    }

    /// Waits for what is under way and ends the producer; `send`s that are not done by then fail. May be
    /// called again.
    package func close(within duration: Duration) async {
        await client.close(within: duration)
    }

    /// For tests: librdkafka's own way to bring a client into the state of a fatal error.
    func raiseFatalError() throws {
        try client.raiseFatalError()
    }
}
