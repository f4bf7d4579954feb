import Kafka
import Logging
import Workers

/// Writes what a role made of its records, together with how far it came.
///
/// Exactly once: one transaction. At least once: records first, acknowledged, then the offsets. In both forms records
/// keep their order and nothing is committed that was not written.
package final class OutputWriter: Sendable {
    private enum Client: Sendable {
        case transactional(TransactionalProducer)
        case acknowledged(Producer)
    }

    /// Within the transaction time-out of 10 s, so that our abort comes before the broker's.
    private static let bound = Duration.seconds(8)
    private let client: Client
    /// A producer has one transaction at a time.
    private let access = ExclusiveAccess()

    /// - Parameter transactionalID: prefix, role and instance; the same after a restart.
    package init(_ kafka: KafkaConfiguration, mode: DeliveryMode, transactionalID: String, logger: Logger)
        async throws
    {
        switch mode {
        case .exactlyOnce:
            let producer = try TransactionalProducer(
                kafka, transactionalID: transactionalID, transactionTimeout: .seconds(10), logger: logger)
            do {
                // A predecessor's open transaction is waited for, which can take its whole time-out.
                try await producer.initialize(within: .seconds(60))
            } catch {
                await producer.close(within: .zero)
                throw error
            }
            client = .transactional(producer)
        case .atLeastOnce:
            client = .acknowledged(try Producer(kafka, logger: logger))
        }
    }

    /// - Returns: one delivery for each record.
    /// - Throws: what the producer or the commit refused; with exactly-once nothing counts then.
    package func write(
        _ records: [ProducerRecord], offsets: [OffsetCommit] = [], of consumer: Consumer? = nil
    ) async throws -> [Delivery] {
        try await access.run {
            switch client {
            case .transactional(let producer):
                return try await producer.transaction(
                    records, offsets: offsets, of: consumer, within: Self.bound)
            case .acknowledged(let producer):
                let deliveries = records.isEmpty ? [] : try await producer.send(records)
                if let consumer, !offsets.isEmpty { try await consumer.commit(offsets) }
                return deliveries
            }
        }
    }

    package func close() async {
        switch client {
        case .transactional(let producer): await producer.close(within: .seconds(5))
        case .acknowledged(let producer): await producer.close(within: .seconds(5))
        }
    }
}
