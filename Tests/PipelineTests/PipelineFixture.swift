import Connectors
import Flow
import Kafka
import Liquid
import Logging
import MockVendor
import Outgoing
import Pipeline
import Registry
import ServiceLifecycle
import Testing
import Workers

/// The whole path within this process: a cluster, a registry, a matcher, a sender and a vendor.
///
/// The cluster has no transactions worth the name, so the path runs at least once here; exactly once is for the broker
/// tests.
struct PipelineFixture: Sendable {
    static let limit = Duration.seconds(30)
    static let store = "tea-house.myshopify.com"
    static let secret = "a-signing-secret"
    /// One message for each event.
    static let notify = """
        kind: workflow
        id: notify
        organization: tea-group
        trigger: loyaltylion/moved-up-tier
        steps:
          - id: message
            action: slack/send-message
            inputs: { channel: "#vip", text: "Customer {{ trigger.customer_id }} moved up" }
        """

    let cluster: MockCluster
    let kafka: KafkaConfiguration
    let topics = Topics()
    let catalogue: Catalogue
    let box: SecretBox
    let vendor: MockVendor
    let producer: Producer
    let reader: RegistryReader
    let logger: Logger

    /// Runs the body beside all roles.
    static func run(
        script: String = "default: [ok]", connectors: [String] = ["loyaltylion", "slack", "tobi"],
        workflows: String,
        secret: String = secret, connection: String = "", takesOwn: Bool = false,
        lookUpDelay: Duration = .zero,
        _ body: @Sendable (PipelineFixture) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let vendor = try MockVendor(
            MockVendorConfiguration(
                secrets: [Array(Self.secret.utf8)],
                script: try VendorScript.parse(script, file: "script.yaml")), logger: logger)
        let cluster = try MockCluster()
        let topics = Topics()
        for connector in connectors {
            try cluster.createTopic(topics.triggers(connector), partitions: 2)
            try cluster.createTopic(topics.actions(connector), partitions: 2)
            try cluster.createTopic(topics.waiting(connector), partitions: 2)
        }
        for topic in [topics.dead, topics.runs] { try cluster.createTopic(topic, partitions: 2) }
        try cluster.createTopic(topics.registry, partitions: 1)
        let kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        let catalogue = try Catalogue.builtIn()
        let registry = RegistryConfiguration(
            kafka: kafka, topics: topics, builtIn: catalogue, fetchWaitMax: .milliseconds(5))
        let fixture = PipelineFixture(
            cluster: cluster, kafka: kafka, catalogue: catalogue,
            box: try SecretBox(keys: SecretBox.generateKey()), vendor: vendor,
            producer: try Producer(kafka, logger: logger),
            reader: try RegistryReader(registry, historyOf: .all, logger: logger), logger: logger)
        try await fixture.runRoles(connectors, workflows, secret, connection, takesOwn, lookUpDelay, body)
    }

    private func runRoles(
        _ connectors: [String], _ workflows: String, _ secret: String, _ connection: String,
        _ takesOwn: Bool, _ lookUpDelay: Duration, _ body: @Sendable (PipelineFixture) async throws -> Void
    ) async throws {
        let role = RoleConfiguration(
            kafka: kafka, topics: topics, mode: .atLeastOnce, instance: nil, sessionTimeout: .seconds(6),
            fetchWait: .milliseconds(5))
        var configuration = SenderConfiguration(connectors: connectors)
        configuration.takesOwn = takesOwn
        configuration.retry = RetryPolicy(base: .milliseconds(50), factor: 2, maxAttempts: 4)
        configuration.lookUpDelay = lookUpDelay
        configuration.settleInterval = .milliseconds(20)
        configuration.timeout = .seconds(1)
        let clock = SenderClock()
        let transport = try HTTPTransport(concurrency: 16, policy: .loopback)
        let authorizations = RegistryAuthorizations(reader, logger: logger)
        let attempts = ActionAttempts(
            registry: reader, secrets: box, transport: transport,
            authorizer: Authorizer(
                store: authorizations, box: box, transport: transport, clock: clock,
                timeout: configuration.timeout, instance: "sender-0", logger: logger),
            configuration: configuration, topics: topics, clock: clock, logger: logger)
        let sender = Sender(
            role: role, configuration: configuration, attempts: attempts, registry: reader, clock: clock,
            logger: logger)
        var matching = MatcherConfiguration(connectors: connectors)
        matching.takesOwn = takesOwn
        let matcher = Matcher(role: role, configuration: matching, registry: reader, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [reader, vendor, sender, matcher], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await reader.ready(within: Self.limit)
                try await apply(workflows, secret: secret, connection: connection)
                try await body(self)
            } catch {
                await group.triggerGracefulShutdown()
                await transport.close()
                await authorizations.close()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        await transport.close()
        await authorizations.close()
        await producer.close(within: .seconds(1))
    }

    /// Applies stores with all apps, connections to the vendor, and the given workflows.
    ///
    /// - Parameter connection: a line that each connection has, too.
    func apply(_ workflows: String, secret: String = secret, connection: String = "") async throws {
        let port = try await vendor.port
        let stores = """
            kind: organization
            id: tea-group
            ---
            kind: store
            domain: \(Self.store)
            organization: tea-group
            apps: [loyaltylion, slack, tobi]
            ---
            kind: store
            domain: second.myshopify.com
            organization: tea-group
            apps: [loyaltylion, slack, tobi]
            ---
            kind: store
            domain: third.myshopify.com
            organization: tea-group
            apps: [loyaltylion, slack, tobi]
            ---
            kind: store
            domain: bare.myshopify.com
            organization: tea-group
            apps: [loyaltylion]

            """
        let connections = ["slack", "tobi", "loyaltylion"].map { connector in
            """
            ---
            kind: connection
            connector: \(connector)
            endpoint: http://127.0.0.1:\(port)/flow/\(connector)
            secret: \(secret)
            \(connection)

            """
        }
        let manifest = try Manifest(
            yaml: stores + connections.joined() + "---\n" + workflows, file: "test.yaml", variables: [:])
        let plan = try manifest.plan(
            against: reader.directory, catalogue: catalogue, options: ManifestOptions(secretBox: box))
        let writer = try RegistryWriter(reader, logger: logger)
        _ = try await writer.apply(plan.changes)
        await writer.close(within: .seconds(5))
    }

    /// Emits an event of LoyaltyLion's `moved-up-tier`.
    func emit(_ id: String, store: String = store, customer: Int = 1, payload: [String: JSON] = [:])
        async throws
    {
        let trigger = TriggerReference(connector: "loyaltylion", handle: "moved-up-tier")
        guard let definition = catalogue.trigger(trigger) else { throw MissingTrigger() }
        var generator = SeededGenerator(seed: 1)
        let sample = SamplePayload.make(
            for: definition, types: catalogue["loyaltylion"]?.types ?? [:], using: &generator,
            at: "2026-11-23T12:00:00Z")
        var members = sample.objectValue ?? [:]
        members["customer_id"] = .integer(Int64(customer))
        members.merge(payload) { _, new in new }
        let event = TriggerEvent(
            identity: EventIdentity(source: "loyaltylion", store: store, id: id, trigger: trigger),
            payload: .object(members))
        try await send([event.record(topics)])
    }

    struct MissingTrigger: Error {}

    func send(_ records: [WireRecord]) async throws {
        _ = try await producer.send(records.map(\.producerRecord))
    }

    /// Everything that a topic holds now.
    func records(of topic: String) async throws -> [WireRecord] {
        let reader = try PartitionReader(kafka, logger: logger)
        var records: [WireRecord] = []
        let stretches = (0..<Int32(2)).map {
            PartitionReader.Stretch(TopicPartition(topic: topic, partition: $0), from: 0)
        }
        try await reader.read(stretches, within: Self.limit) { records += $0.map { WireRecord($0) } }
        await reader.close()
        return records
    }

    /// Dead letters as soon as there are as many as asked for.
    func deadLetters(count: Int) async throws -> [DeadLetter] {
        let deadline = ContinuousClock.now + Self.limit
        while true {
            let found = try await records(of: topics.dead).compactMap { DeadLetter($0) }
            if found.count >= count { return found }
            try #require(ContinuousClock.now < deadline, "\(found.count) of \(count) dead letters came")
        }
    }

    /// Run records as soon as there are as many of a kind as asked for.
    func runs(_ kind: String, count: Int) async throws -> [JSON] {
        let deadline = ContinuousClock.now + Self.limit
        while true {
            let found = try await records(of: topics.runs).compactMap { try JSONParser.parse($0.value ?? []) }
                .filter { $0["record"]?.stringValue == kind }
            if found.count >= count { return found }
            try #require(ContinuousClock.now < deadline, "\(found.count) of \(count) \(kind) records came")
        }
    }
}

enum RegistryFixtureChange {
    static func delete(_ connection: String, version: Int) -> RegistryChange {
        RegistryChange(kind: .connection, id: connection, expectedVersion: version, body: nil)
    }
}

extension PipelineFixture {
    func change(_ changes: [RegistryChange]) async throws {
        let writer = try RegistryWriter(reader, logger: logger)
        _ = try await writer.apply(changes)
        await writer.close(within: .seconds(5))
    }
}
