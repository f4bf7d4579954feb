import Flow
import Foundation
import Kafka
import Liquid
import Logging
import Pipeline
import Registry
import TestSupport
import Workers

/// Topics, a store with a connection, and the records that the measurement writes and reads.
final class Installation: Sendable {
    static let secret = "a-signing-secret"
    private static let store = "store-0001.myshopify.com"
    private static let bound = Duration.seconds(60)

    private let topics = Topics(prefix: Broker.uniqueName("bench").replacing("-", with: ""))
    private let command: BrokerCommand
    private let kafka: KafkaConfiguration
    private let environment: [String: String]
    private let producer: Producer
    private let logger: Logger

    /// Creates the topics, and applies a store whose actions go to the vendor.
    init(_ command: BrokerCommand, vendorPort: Int, logger: Logger) async throws {
        self.command = command
        self.logger = logger
        kafka = KafkaConfiguration(bootstrapServers: command.bootstrapServers, properties: [:])
        producer = try Producer(kafka, logger: logger)
        environment = [
            "KAFKA_BOOTSTRAP_SERVERS": command.bootstrapServers, "SLUICE_PREFIX": topics.prefix,
            "SLUICE_SECRETS_KEYS": SecretBox.generateKey(), "SLUICE_EXAMPLE_SECRET": Self.secret,
            "SLUICE_SENDER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "SLUICE_SENDER_WAITING_BYTES": "\(command.waitingBytes)",
        ]
        try await sluice([
            "topics", "create", "--partitions", "\(command.partitions)", "--replication", "1", "--connectors",
            "slack",
        ])
        let files = try TemporaryDirectory(named: "waiting-set")
        let manifest = """
            kind: organization
            id: group
            ---
            kind: store
            domain: \(Self.store)
            organization: group
            apps: [slack]
            ---
            kind: connection
            connector: slack
            endpoint: http://127.0.0.1:\(vendorPort)/flow/slack
            secret: { env: SLUICE_EXAMPLE_SECRET }
            """
        let path = files.path(of: "manifest.yaml")
        try Data(manifest.utf8).write(to: URL(fileURLWithPath: path))
        try await sluice(["apply", "-f", path])
    }

    private func sluice(_ arguments: [String]) async throws {
        let child = try await ChildProcess.start(
            command.binary, arguments: arguments, environment: environment)
        let status = try await child.wait(within: .seconds(120))
        guard status == .code(0) else {
            throw Failure(
                description: "\(command.binary) \(arguments) ended with \(status): \(child.lines.suffix(5))")
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    func startSender() async throws -> ChildProcess {
        try await ChildProcess.start(
            command.binary, arguments: ["run", "sender", "--connectors", "slack", "--instance", "bench"],
            environment: environment)
    }

    // MARK: Writing

    private func action(_ id: RunID, store: String, key: String) -> WireRecord {
        let event = EventIdentity(
            source: "loyaltylion", store: store, id: "\(id)",
            trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
        let text = String(repeating: "Thank you! ", count: command.textBytes / 11 + 1)
        return ActionRun(
            id: id,
            workflowRun: WorkflowRun(id: id, workflow: "loyalty", version: 1, store: store, event: event),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: ["channel": "#vip", "text": .string(text)], slip: .end,
            orderingKey: key
        ).record(topics)
    }

    private func id(_ name: String) -> RunID {
        .actionRun(store: "s", source: topics.prefix, event: name, workflow: "w", stepPath: "0")
    }

    /// Records of runs that wait for hours, each with a key of its own.
    func fill() async throws {
        let batch = 5_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            var begin = 0
            while begin < command.count {
                if begin >= 4 * batch { try await group.next() }
                let numbers = begin..<min(begin + batch, command.count)
                group.addTask {
                    _ = try await self.producer.send(numbers.compactMap { self.waiting($0)?.producerRecord })
                }
                begin = numbers.upperBound
            }
            try await group.waitForAll()
        }
    }

    private func waiting(_ number: Int) -> WireRecord? {
        let store = "tea-house-\(number % command.stores).myshopify.com"
        let key = "\(store)/loyalty/customer-\(number)"
        let run = QueuedRun(
            key: RunKey(id: id("waiting \(number)"), replay: 0), position: Int64(number - command.count),
            orderingKey: key, store: store, attempts: 7, age: 3_600_000, firstAttempt: 1_764_000_000_000,
            record: action(id("waiting \(number)"), store: store, key: key))
        let delay = Duration.seconds(6 * 3600 + number * 7919 % 21_600)
        return ParkedRun(run: run, cause: .retry, delay: delay, stamp: 0)
            .record(topic: topics.waiting("slack"), partition: Int32(number) % command.partitions)
    }

    /// Actions that fail once and then succeed, each with a key of its own.
    ///
    /// - Returns: their ids.
    func produceActions(_ count: Int) async throws -> [String] {
        let ids = (0..<count).map { _ in id(UUID().uuidString) }
        _ = try await producer.send(
            ids.map { action($0, store: Self.store, key: "\(Self.store)/loyalty/\($0)").producerRecord })
        return ids.map(\.description)
    }

    // MARK: Reading

    private var waiting: [TopicPartition] {
        (0..<command.partitions).map { TopicPartition(topic: topics.waiting("slack"), partition: $0) }
    }

    /// Where the waiting topic's partitions end now.
    func waitingEnds() async throws -> [TopicPartition: Int64] {
        let reader = try PartitionReader(kafka, logger: logger)
        var ends: [TopicPartition: Int64] = [:]
        for partition in waiting {
            ends[partition] = try await reader.watermarks(of: partition, within: Self.bound).high
        }
        await reader.close()
        return ends
    }

    /// When the retries that were written since are due: their append times and their delays, ms since 1970.
    func dueTimes(from starts: [TopicPartition: Int64]) async throws -> [String: Int64] {
        let reader = try PartitionReader(kafka, logger: logger)
        var due: [String: Int64] = [:]
        let stretches = starts.map { PartitionReader.Stretch($0.key, from: $0.value) }
        try await reader.read(stretches, within: Self.bound) { records in
            for record in records {
                guard let note = WaitingNote(WireRecord(record)), let delay = note.delay else { continue }
                due["\(note.run.key.id)"] = record.timestamp + delay.milliseconds
            }
        }
        await reader.close()
        return due
    }
}
