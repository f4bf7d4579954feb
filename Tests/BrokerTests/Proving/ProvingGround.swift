// Workers as processes of the real program, a verification beside them, and a proxy between workers and broker: where
// chaos and soak take place.

import ArgumentParser
import Connectors
import Flow
import Foundation
import Kafka
import Logging
import MockVendor
import Pipeline
import Registry
import TestSupport

@testable import sluice

/// One installation on one broker, with an event stream whose every run is checked.
final class ProvingGround: Sendable {
    let setup: ProvingSetup
    /// Nil for the embedded cluster.
    let broker: Broker?
    let embedded: MockCluster?
    /// Where workers think that the broker is; nil for a cluster that isn't on this machine alone.
    let proxy: TCPFaultProxy?
    let topics = Topics(prefix: Broker.uniqueName("t").replacing("-", with: ""))
    let vendor: MockVendor
    let verification: Verification
    let workers: WorkerSet

    /// Runs the body once all of it works; the workers are the body's to start.
    static func run(
        _ setup: ProvingSetup, _ body: @escaping @Sendable (ProvingGround) async throws -> Void
    ) async throws {
        switch setup.place {
        case .broker(let kind):
            try await withBroker(kind) { broker in
                let proxy = try await broker.startProxy()
                try await run(setup, broker, nil, proxy, servers: broker.bootstrapServers, body)
                try await proxy?.stop()
            }
        case .embedded:
            let cluster = try MockCluster()
            try await run(setup, nil, cluster, nil, servers: cluster.bootstrapServers, body)
        }
    }

    private static func run(
        _ setup: ProvingSetup, _ broker: Broker?, _ embedded: MockCluster?, _ proxy: TCPFaultProxy?,
        servers: String, _ body: @escaping @Sendable (ProvingGround) async throws -> Void
    ) async throws {
        var logger = Logger(label: "proving-ground")
        logger.logLevel = .critical
        let quiet = logger
        let secret = RegistryWriter.randomNonce()
        let configuration = MockVendorConfiguration(
            secrets: [Array(secret.utf8)], logEntryLimit: 1_000, newsLimit: Verification.newsLimit)
        try await withMockVendor(configuration, logger: quiet) { vendor, _ in
            let ground = try ProvingGround(setup, broker, embedded, proxy, servers, vendor, quiet)
            do {
                try await ground.prepare(secret: secret, quiet)
                try await body(ground)
            } catch {
                ground.workers.report(to: FileHandle.standardError)
                try? await ground.end(quiet)  // the first error says more
                throw error
            }
            try await ground.end(quiet)
        }
    }

    private let kafka: KafkaConfiguration
    private let settingsEnvironment: [String: String]

    private init(
        _ setup: ProvingSetup, _ broker: Broker?, _ embedded: MockCluster?, _ proxy: TCPFaultProxy?,
        _ servers: String, _ vendor: MockVendor, _ logger: Logger
    ) throws {
        self.setup = setup
        self.broker = broker
        self.embedded = embedded
        self.proxy = proxy
        self.vendor = vendor
        // noida-db ignores the limits of fetches, so that one answer may be as large as the partition.
        let properties = broker?.kind == .noidaDB ? ["receive.message.max.bytes": "1000000000"] : [:]
        kafka = KafkaConfiguration(bootstrapServers: servers, properties: properties)
        let plan = try VerificationPlan(
            trigger: "loyaltylion/moved-up-tier", action: "slack/send-message", stores: setup.stores,
            keys: setup.keys, catalogue: Catalogue.builtIn())
        var rules = CheckRules()
        rules.openLimit = setup.openLimit
        rules.session = ProvingSetup.session
        rules.requestTimeout = ProvingSetup.requestTimeout
        verification = try Verification(
            plan, kafka: kafka, topics: topics, vendor: vendor, rules: rules, heldLimit: setup.heldLimit,
            logger: logger)
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": servers, "SLUICE_PREFIX": topics.prefix,
            "SLUICE_SECRETS_KEYS": SecretBox.generateKey(),
        ]
        for (name, value) in properties {
            environment["KAFKA_PROPERTIES_\(name.uppercased().replacing(".", with: "_"))"] = value
        }
        settingsEnvironment = environment
        let ownSettings = [
            "KAFKA_BOOTSTRAP_SERVERS": proxy?.address ?? servers, "SLUICE_DELIVERY": setup.mode.rawValue,
            "SLUICE_CONSUMER_SESSION_TIMEOUT_MS": "\(ProvingSetup.session.components.seconds * 1000)",
            "SLUICE_CONSUMER_FETCH_WAIT_MS": "20", "SLUICE_SENDER_RETRY_BASE_MS": "200",
            "SLUICE_SENDER_RETRY_FACTOR_PERCENT": "150", "SLUICE_SENDER_RETRY_CAP_MS": "2000",
            "SLUICE_SENDER_OPEN_LIMIT": "\(setup.openLimit)",
            "SLUICE_SENDER_TIMEOUT_SECONDS": "\(ProvingSetup.requestTimeout.components.seconds)",
            "SLUICE_SENDER_ALLOWED_NETWORKS": "127.0.0.0/8",
            "SLUICE_LOG_LEVEL": ProcessInfo.processInfo.environment["SLUICE_LOG_LEVEL"] ?? "warning",
        ]
        workers = WorkerSet(
            environment: environment.merging(ownSettings) { $1 }.merging(setup.environment) { $1 },
            broker: broker, areStatic: embedded == nil)
    }

    /// Creates the topics, and applies the verification's stores and workflow.
    private func prepare(secret: String, _ logger: Logger) async throws {
        let plan = TopicPlan(
            topics, catalogue: try Catalogue.builtIn(), connectors: Set(ProvingSetup.connectors),
            partitions: Int32(ProvingSetup.partitions), replication: 1)
        if let embedded {
            for topic in plan.topics {
                try embedded.createTopic(topic.name, partitions: Int(topic.partitions))
            }
        } else {
            let report = try await TopicQuery.run(kafka, logger) { admin in
                try await TopicCreator(
                    admin: admin, names: self.topics, servers: self.kafka.bootstrapServers, logger: logger
                ).create(plan)
            }
            try report.throwIfAnyFailed()
        }
        let settings = try await Settings(
            CommonOptions.parse([]), defaultLevel: .critical, environment: settingsEnvironment)
        try await VerificationSet(settings: settings).apply(
            verification.plan, endpoint: try await endpoint, secret: secret)
    }

    private var endpoint: String {
        get async throws { try await vendor.endpoint(of: verification.plan.action.connector) }
    }

    /// Waits until the workers carry out events, and runs the body with the verification following beside it.
    func whileVerifying(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await verification.begin()
        try await verification.probe(endpoint: try await endpoint, within: .seconds(60))
        var script = FailureScript.make(percent: setup.failures)
        script.defaultAnswers = [.slow(setup.vendorDelay, then: .ok)]
        vendor.script = script
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.verification.follow() }
            group.addTask { try await self.watchMachine() }
            group.addTask(operation: body)
            defer { group.cancelAll() }
            // Following ends only with an error.
            try await group.next()
        }
    }

    /// A sleep that takes so much longer means that the machine stands still for everybody: sessions run out then, as they do
    /// when a process is stopped.
    private static let standstill = Duration.milliseconds(1_500)

    /// Notes when the machine itself is a disturbance, so that what it causes is not taken for a fault. On a machine that is
    /// not starved it notes nothing.
    private func watchMachine() async throws {
        while true {
            let (began, start) = (Self.now, ContinuousClock.now)
            try await Task.sleep(for: .milliseconds(200))
            guard start.duration(to: .now) > Self.standstill else { continue }
            Self.say("  the machine stood still for \(ProgressText.duration(start.duration(to: .now)))")
            verification.note(
                Disturbance(
                    .stop, at: began, until: Self.now + ProvingSetup.session.components.seconds * 1000,
                    process: "the machine", open: 4 * setup.openLimit))
        }
    }

    /// Ends every process, and leaves nothing on a broker that others use.
    private func end(_ logger: Logger) async throws {
        try await workers.killAll()
        await verification.close()
        guard broker?.kind == .external else { return }
        _ = try await TopicQuery.run(kafka, logger) { admin in
            let names = try await admin.partitionCounts().keys.filter { $0.hasPrefix(self.topics.prefix) }
            return try await admin.deleteTopics(names)
        }
    }

    /// The clock that disturbances are noted by: the vendor's.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Tells people how far it has come. Standard error, since a test runner may keep back the other.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
