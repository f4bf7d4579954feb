// A test's whole world: a broker, topics, applied stores and workflows, a vendor, and role processes.

import Flow
import Foundation
import Kafka
import Logging
import MockVendor
import Pipeline
import Registry
import Synchronization
import TestSupport

/// One broker with one installation on it, whose name no other test uses.
///
/// The vendor listens in the test's process, so its log is at hand; all else are processes of the real program.
final class Cluster: Sendable {
    static let secret = "planted-Zk7vQ2signing9secret"

    let setup: ClusterSetup
    let broker: Broker
    let kafka: KafkaConfiguration
    let topics: Topics
    let vendor: MockVendor
    let runs: RunFollower
    let logger: Logger
    /// What seals the connections' secrets.
    let sealingKey: String
    private let environment: [String: String]
    private let files: TemporaryDirectory
    private let workers = Mutex<[RoleProcess]>([])

    /// Runs `body` on a cluster where the topics are created and the manifest is applied.
    static func run(_ setup: ClusterSetup = ClusterSetup(), _ body: @Sendable (Cluster) async throws -> Void)
        async throws
    {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let quiet = logger
        let script = try VendorScript.parse(setup.script, file: "script.yaml")
        let vendor = MockVendorConfiguration(secrets: [Array(secret.utf8)], script: script)
        do {
            try await withBroker(setup.broker) { broker in
                try await withMockVendor(vendor, logger: quiet) { vendor, port in
                    let cluster = try Cluster(setup, broker, vendor, logger: quiet)
                    try await cluster.run(vendorPort: port, body)
                }
            }
        } catch TestSupportError.notInstalled(let program, _) {
            throw MissingBroker(program: program)
        }
    }

    /// What to do where the stand-ins are absent.
    struct MissingBroker: Error, CustomStringConvertible {
        let program: String
        var description: String { "\(program) is not installed; run: bash Tests/brokers.sh" }
    }

    private init(_ setup: ClusterSetup, _ broker: Broker, _ vendor: MockVendor, logger: Logger) throws {
        self.setup = setup
        self.broker = broker
        self.vendor = vendor
        self.logger = logger
        topics = Topics(prefix: Broker.uniqueName("t").replacing("-", with: ""))
        // noida-db ignores the limits of fetches, so that one answer may be as large as the partition.
        let limit = ["receive.message.max.bytes": "1000000000"]
        kafka = KafkaConfiguration(
            bootstrapServers: broker.bootstrapServers, properties: broker.kind == .noidaDB ? limit : [:])
        runs = try RunFollower(kafka, topic: topics.runs, partitions: ClusterSetup.partitions, logger: logger)
        files = try TemporaryDirectory(named: "sluice-test")
        let key = SecretBox.generateKey()
        sealingKey = String(key.split(separator: ":").last ?? "")
        var environment = [
            "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers, "SLUICE_PREFIX": topics.prefix,
            "SLUICE_SECRETS_KEYS": key, "SLUICE_EXAMPLE_SECRET": Self.secret,
            "SLUICE_DELIVERY": setup.mode.rawValue, "SLUICE_CONSUMER_SESSION_TIMEOUT_MS": "6000",
            "SLUICE_CONSUMER_FETCH_WAIT_MS": "20", "SLUICE_SENDER_RETRY_BASE_MS": "200",
            "SLUICE_SENDER_RETRY_FACTOR_PERCENT": "150", "SLUICE_SENDER_RETRY_CAP_MS": "3000",
            "SLUICE_SENDER_ALLOWED_NETWORKS": "127.0.0.0/8",
            // Vendors that fail for whole tests are asked again as if they did so now and then.
            "SLUICE_SENDER_BREAKER_FAILURES": "10000", "SLUICE_SENDER_BREAKER_SHARED_FAILURES": "100000",
        ]
        if broker.kind == .noidaDB {
            environment["KAFKA_PROPERTIES_RECEIVE_MESSAGE_MAX_BYTES"] = "1000000000"
        }
        self.environment = environment.merging(setup.environment) { $1 }
    }

    private func run(vendorPort: Int, _ body: @Sendable (Cluster) async throws -> Void) async throws {
        do {
            try await createTopics()
            try await apply(
                TestManifest.stores(setup.stores, vendorPort: vendorPort) + "---\n" + setup.workflows)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.runs.run() }
                do {
                    try await body(self)
                } catch {
                    await runs.close()
                    throw error
                }
                await runs.close()
                try await group.waitForAll()
            }
        } catch {
            // The test's report shows the error alone; why it came about stands in the processes' own words.
            let lines =
                workers.withLock { $0 }.flatMap(\.complaints)
                + broker.output.suffix(10).map { "broker: \($0)" }
            FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
            keepOutput()
            try? await end()
            throw error
        }
        try await end()
    }

    /// Writes all that the processes said into the folder that SLUICE_TEST_OUTPUT names.
    private func keepOutput() {
        guard let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_OUTPUT"] else { return }
        for (index, worker) in workers.withLock({ $0 }).enumerated() {
            let text = worker.child.lines.joined(separator: "\n")
            // Only to help: a test that failed has failed, whether this can be written or not.
            try? Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(index)-\(worker.name).log"))
        }
    }

    /// Ends every process, and leaves nothing on a broker that others use.
    private func end() async throws {
        for worker in workers.withLock({ $0 }) where worker.child.isRunning { try await worker.kill() }
        guard broker.kind == .external else { return }
        let admin = try Admin(kafka, logger: logger)
        let names = try await admin.partitionCounts().keys.filter { $0.hasPrefix(topics.prefix) }
        _ = try await admin.deleteTopics(names)
        await admin.close()
    }

    // MARK: Commands

    /// Runs a command to its end; its output is in the process.
    ///
    /// - Throws: where it ends with another code than expected, with what it said.
    @discardableResult
    func sluice(
        _ arguments: [String], expecting code: Int32 = 0, within limit: Duration = .seconds(60),
        environment: [String: String] = [:]
    ) async throws -> ChildProcess {
        let child = try await ChildProcess.start(
            SluiceBinary.path, arguments: arguments, environment: self.environment.merging(environment) { $1 }
        )
        let status = try await child.wait(within: limit)
        guard status == .code(code) else {
            throw CommandFailed(command: arguments, status: status, lines: child.lines.suffix(20))
        }
        return child
    }

    struct CommandFailed: Error, CustomStringConvertible {
        let command: [String]
        let status: ExitStatus
        let lines: [String]
        var description: String {
            "sluice \(command.joined(separator: " ")) ended with \(status):\n" + lines.joined(separator: "\n")
        }
    }

    private func createTopics() async throws {
        try await sluice([
            "topics", "create", "--partitions", "\(ClusterSetup.partitions)", "--replication", "1",
            "--connectors",
            ClusterSetup.connectors.joined(separator: ","),
        ])
    }

    /// Applies YAML as a user does.
    func apply(_ yaml: String, options: [String] = []) async throws {
        let path = files.path(of: "manifest.yaml")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        try await sluice(["apply", "-f", path] + options)
    }

    /// Applies YAML that must be refused; what the program said.
    func refusedApply(_ yaml: String) async throws -> [String] {
        let path = files.path(of: "wrong.yaml")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        return try await sluice(["apply", "-f", path], expecting: 1).lines
    }

    /// Every topic of this installation, with its number of partitions.
    func allTopics() async throws -> [String: Int] {
        let admin = try Admin(kafka, logger: logger)
        let counts = try await admin.partitionCounts().filter { $0.key.hasPrefix(topics.prefix) }
        await admin.close()
        return counts
    }

    // MARK: Roles

    /// Starts a process with a role, or with several (`matcher sender`).
    ///
    /// - Parameters:
    ///   - isStatic: a member under a stable name; else one that comes and goes.
    ///   - connectors: that it serves; nil = all that there are.
    @discardableResult
    func start(
        _ role: String, _ name: String, isStatic: Bool = true,
        connectors: [String]? = ClusterSetup.connectors, environment: [String: String] = [:]
    ) async throws -> RoleProcess {
        var arguments = ["run"] + role.split(separator: " ").map(String.init)
        if let connectors { arguments += ["--connectors", connectors.joined(separator: ",")] }
        if isStatic { arguments += ["--instance", name] }
        let child = try await ChildProcess.start(
            SluiceBinary.path, arguments: arguments, environment: self.environment.merging(environment) { $1 }
        )
        let process = RoleProcess(role: role, name: name, child: child, broker: broker)
        workers.withLock { $0.append(process) }
        return process
    }

    /// Starts a command that takes its time.
    func startProgram(_ arguments: [String]) async throws -> RoleProcess {
        let child = try await ChildProcess.start(
            SluiceBinary.path, arguments: arguments, environment: environment)
        let process = RoleProcess(
            role: "command", name: arguments.prefix(2).joined(separator: "-"), child: child, broker: broker)
        workers.withLock { $0.append(process) }
        return process
    }

    func start(matchers: Int, senders: Int) async throws -> (matchers: [RoleProcess], senders: [RoleProcess])
    {
        var processes: (matchers: [RoleProcess], senders: [RoleProcess]) = ([], [])
        for number in 0..<matchers { processes.matchers.append(try await start("matcher", "m\(number)")) }
        for number in 0..<senders { processes.senders.append(try await start("sender", "s\(number)")) }
        return processes
    }

    /// The same role under the same name again.
    func restart(_ process: RoleProcess) async throws -> RoleProcess {
        try await start(process.role, process.name)
    }
}
