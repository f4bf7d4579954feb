import Flow
import Kafka
import Logging
import Synchronization

/// Writes what comes in from outside to Kafka: trigger events, and dead letters of what is none. Whoever sent it is told
/// only when all in-sync replicas have it.
///
/// Callers share one producer. One that has failed for good is replaced: requests have no order among themselves.
package final class EventIntake: Sendable {
    /// How long a record may wait for its acknowledgement. Vendors wait 5 s for an answer, and a record that was given up
    /// must not go out later: its sender, who sends it again, may not know that it is the same.
    private static let timeout = Duration.seconds(4)
    /// Changes of librdkafka's own times that go with it; the user's properties count all the same.
    private static let properties = [
        "message.timeout.ms": "\(timeout.components.seconds * 1_000)",
        "topic.metadata.propagation.max.ms": "2000",
    ]
    /// How long the last look at the cluster counts.
    private static let probeAge = Duration.seconds(5)
    private static let probeLimit = Duration.seconds(2)

    private struct Probe: Sendable {
        var moment: ContinuousClock.Instant?
        var fault: String? = "the cluster was not asked yet"
        var isAsking = false
    }

    private let kafka: KafkaConfiguration
    private let topics: Topics
    private let logger: Logger
    private let admin: Admin
    private let producer: Mutex<Producer>
    private let isReplacing = Mutex(false)
    private let probe = Mutex(Probe())

    /// - Throws: `KafkaError` of kind `invalidConfiguration`. No broker is asked yet.
    package init(_ kafka: KafkaConfiguration, topics: Topics, logger: Logger) throws {
        var own = kafka
        own.properties = Self.properties.merging(kafka.properties) { _, users in users }
        self.kafka = own
        self.topics = topics
        self.logger = logger
        admin = try Admin(kafka, logger: logger)
        producer = Mutex(try Producer(own, logger: logger))
    }

    /// - Returns: where each record lies; nil where the broker didn't say, because it knew the record already.
    /// - Throws: where not all of them were acknowledged. Some may be there all the same.
    package func write(_ records: [WireRecord]) async throws(IntakeFault) -> [RecordPlace?] {
        let current = producer.withLock { $0 }
        do {
            return try await current.send(records.map(\.producerRecord)).map { delivery in
                delivery.offset.map {
                    RecordPlace(
                        topic: delivery.topicPartition.topic, partition: delivery.topicPartition.partition,
                        offset: $0)
                }
            }
        } catch let error as SendError {
            if error.isFatal { replace(current, after: error) }
            throw IntakeFault(error)
        } catch let error as KafkaError {
            if error.isFatal { replace(current, after: error) }
            throw IntakeFault(error, topic: nil)
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Of many callers whose records failed with it, the first makes the new one. The old one ends with its last caller.
    private func replace(_ failed: Producer, after error: any Error) {
        let isFirst = isReplacing.withLock { isReplacing in
            guard !isReplacing, producer.withLock({ $0 === failed }) else { return false }
            isReplacing = true
            return true
        }
        guard isFirst else { return }
        defer { isReplacing.withLock { $0 = false } }
        logger.error("producer replaced: it can't go on", metadata: [LogKeys.error: "\(error)"])
        do {
            let fresh = try Producer(kafka, logger: logger)
            producer.withLock { $0 = fresh }
        } catch {
            logger.error("no new producer", metadata: [LogKeys.error: "\(error)"])
        }
    }

    /// What keeps it from writing, nil for nothing: the cluster must answer and have the topics that every event needs.
    /// It is asked now and then, by one caller at a time; the others get the last answer.
    package func fault() async -> String? {
        let (isDue, last) = probe.withLock { probe -> (Bool, String?) in
            let isFresh = probe.moment.map { ContinuousClock.now - $0 < Self.probeAge } ?? false
            guard !isFresh, !probe.isAsking else { return (false, probe.fault) }
            probe.isAsking = true
            return (true, nil)
        }
        guard isDue else { return last }
        let fault = await ask()
        probe.withLock { $0 = Probe(moment: .now, fault: fault) }
        return fault
    }

    private func ask() async -> String? {
        let needed = [topics.registry, topics.dead]
        do {
            let found = try await admin.partitionCounts(of: needed, within: Self.probeLimit)
            let missing = needed.filter { found[$0] == nil }
            return missing.isEmpty
                ? nil : "the cluster has no topic \(missing.joined(separator: ", ")): sluice topics create"
        } catch {
            return "Kafka did not answer: \(error)"
        }
    }

    package func close() async {
        await producer.withLock { $0 }.close(within: .seconds(5))
        await admin.close()
    }
}

/// Why records were not acknowledged.
package enum IntakeFault: Error, Hashable, Sendable, CustomStringConvertible {
    case missingTopic(String)
    case tooLarge
    case unavailable(String)

    fileprivate init(_ error: SendError) {
        guard let cause = error.cause else {
            self = .unavailable("\(error)")
            return
        }
        self.init(cause.error, topic: cause.topic)
    }

    fileprivate init(_ error: KafkaError, topic: String?) {
        switch (error.kind, topic) {
        case (.unknownTopic, let topic?): self = .missingTopic(topic)
        case (.messageTooLarge, _): self = .tooLarge
        default: self = .unavailable("\(error)")
        }
    }

    package var description: String {
        switch self {
        case .missingTopic(let topic): "the cluster has no topic \(topic)"
        case .tooLarge: "the record is larger than its topic takes"
        case .unavailable(let reason): reason
        }
    }
}
