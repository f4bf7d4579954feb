import Configuration
import Connectors
import Flow
import Gateway
import Kafka
import Logging
import MockVendor
import Outgoing
import Pipeline
import Registry
import ServiceLifecycle
import UnixSignals

/// The services of `sluice dev` and what they share.
struct DevHouse: Sendable {
    let catalogue: Catalogue
    let topics = Topics()
    let kafka: KafkaConfiguration
    let vendor: MockVendor
    let box: SecretBox
    let secretsKeys: String
    let logger: Logger
    /// Signs the requests of this run of `dev`.
    let secret = RegistryWriter.randomNonce()
    private let cluster: DevCluster
    private let parts: RoleServices

    /// - Parameter script: of the mock vendor; nil = that of `dev`.
    init(catalogue: Catalogue, script: VendorScript?, gatewayPort: Int, logger: Logger) async throws {
        self.catalogue = catalogue
        self.logger = logger
        cluster = try await DevCluster(topics, catalogue)
        kafka = KafkaConfiguration(bootstrapServers: cluster.cluster.bootstrapServers)
        secretsKeys = SecretBox.generateKey()
        box = try SecretBox(keys: secretsKeys)
        vendor = try MockVendor(
            MockVendorConfiguration(
                secrets: [Array(secret.utf8)], script: try script ?? DevScript.make(catalogue),
                logEntryLimit: 100_000), logger: logger)
        // The embedded broker has no transactions that last.
        var settings = try RoleSettings(
            ConfigReader(provider: InMemoryProvider(values: [:])), catalogue: catalogue, connectors: nil,
            instance: nil, delivery: .atLeastOnce)
        settings.fetchWait = .milliseconds(5)
        settings.sessionTimeout = .seconds(6)
        settings.sender.retry.base = .milliseconds(500)
        settings.sender.lookUpDelay = .zero
        settings.topicPause = .milliseconds(500)
        settings.gateway.port = gatewayPort
        // Its vendor stands on this machine.
        settings.addresses = .loopback
        parts = try RoleServices(
            Set(Role.allCases), settings: settings, kafka: kafka, topics: topics, catalogue: catalogue,
            box: box, historyOf: .all, logger: logger)
        let reader = parts.reader
        vendor.compareScripts { ScriptNames(reader.catalogue) }
    }

    /// Runs every role until the body is done, or SIGTERM or SIGINT comes.
    ///
    /// - Returns: whether the body was done.
    func run(_ body: @escaping @Sendable (DevHouse) async throws -> Void) async throws -> Bool {
        let makesTopics = DevTopics(
            cluster: cluster, reader: parts.reader, topics: topics, logger: logger)
        let services: [any Service] = [vendor] + parts.services + [makesTopics]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // Where one can't begin, such as a gateway whose port is taken, that alone is to be told.
                services: services.map {
                    .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
                }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        let (first, ends) = await withTaskGroup(of: End.self) { tasks in
            tasks.addTask { .services(await Self.result { try await group.run() }) }
            tasks.addTask {
                .body(
                    await Self.result {
                        try await reader.ready(within: .seconds(30))
                        try await body(self)
                    })
            }
            // The body's end stops the services, a signal's end of the services stops the body.
            let first = await tasks.next() ?? .services(.success(()))
            switch first {
            case .body: await group.triggerGracefulShutdown()
            case .services: tasks.cancelAll()
            }
            var ends = [first]
            for await end in tasks { ends.append(end) }
            return (first, ends)
        }
        await parts.close()
        // A service that fails takes from the body what that needs: so its word counts first.
        for case .services(let result) in ends { try result.get() }
        guard case .body(let result) = first else { return false }
        try result.get()
        return true
    }

    private enum End {
        case services(Result<Void, any Error>)
        case body(Result<Void, any Error>)
    }

    private static func result(_ body: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    var reader: RegistryReader { parts.reader }

    /// Where the mock vendor is: what manifests name as `${MOCK_VENDOR}`.
    var vendorOrigin: String {
        get async throws { "http://127.0.0.1:\(try await vendor.port)" }
    }

    /// Where events can be posted to: `http://127.0.0.1:8080`.
    var gatewayOrigin: String? {
        get async throws {
            guard let gateway = parts.gateway else { return nil }
            return "http://127.0.0.1:\(try await gateway.port)"
        }
    }

    /// The domains of the applied stores.
    var stores: [String] { reader.directory.stores.keys.sorted() }

    /// - Returns: what was applied, in words.
    func apply(_ folder: String) async throws -> String {
        let variables = ["MOCK_VENDOR": try await vendorOrigin]
        let manifest = try Manifest.load(paths: [folder], variables: variables)
        let options = ManifestOptions(environment: ["SLUICE_EXAMPLE_SECRET": secret], secretBox: box)
        let plan = try manifest.plan(against: reader.directory, catalogue: catalogue, options: options)
        // Before the roles hear of them, so that they begin with all topics.
        try await cluster.create(topics, for: Catalogue(Array(plan.connectors.values)))
        let writer = try RegistryWriter(reader, logger: logger)
        let applied = try await writer.apply(plan.changes)
        await writer.close(within: .seconds(5))
        if let failed = applied.first(where: { !$0.isDone }) { throw CommandError.failed("\(failed)") }
        let directory = reader.directory
        let counts = [
            directory.connectors.isEmpty ? nil : directory.connectors.count.counted("connector"),
            directory.stores.count.counted("store"), directory.connections.count.counted("connection"),
            directory.workflows.count.counted("workflow"),
        ]
        return counts.compactMap { $0 }.joined(separator: ", ")
    }
}
