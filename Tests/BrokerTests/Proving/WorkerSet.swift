// The workers of a proving ground.

import Foundation
import Glibc
import Synchronization
import TestSupport

/// Processes of the real program, each under a name that its successor takes over.
final class WorkerSet: Sendable {
    private let environment: [String: String]
    private let broker: Broker?
    /// Whether its members keep their partitions over a restart. The embedded cluster knows none of these.
    private let areStatic: Bool
    private let processes = Mutex<[String: RoleProcess]>([:])

    init(environment: [String: String], broker: Broker?, areStatic: Bool = true) {
        self.areStatic = areStatic
        self.environment = environment
        self.broker = broker
    }

    /// By name.
    var all: [String: RoleProcess] { processes.withLock { $0 } }

    subscript(name: String) -> RoleProcess {
        get throws {
            guard let process = all[name] else { throw Unknown(name: name) }
            return process
        }
    }

    struct Unknown: Error, CustomStringConvertible {
        let name: String
        var description: String { "no worker is called \(name)" }
    }

    /// - Parameter isStatic: a member under a stable name; else one that comes and goes.
    @discardableResult
    func start(_ role: String, _ name: String, isStatic: Bool = true) async throws -> RoleProcess {
        var arguments = ["run", role, "--connectors", ProvingSetup.connectors.joined(separator: ",")]
        if isStatic, areStatic { arguments += ["--instance", name] }
        let child = try await ChildProcess.start(
            SluiceBinary.path, arguments: arguments, environment: environment)
        let process = RoleProcess(role: role, name: name, child: child, broker: broker)
        processes.withLock { $0[name] = process }
        return process
    }

    func start(matchers: Int, senders: Int) async throws {
        for number in 0..<matchers { try await start("matcher", "matcher-\(number)") }
        for number in 0..<senders { try await start("sender", "sender-\(number)") }
    }

    /// The same role under the same name again.
    func restart(_ name: String) async throws {
        try await start(self[name].role, name)
    }

    /// SIGTERM, and the process is no member of the set any more.
    func retire(_ name: String) async throws -> ExitStatus {
        let process = try self[name]
        processes.withLock { $0[name] = nil }
        return try await process.stop()
    }

    /// What a supervisor does: starts those again that have ended.
    ///
    /// - Returns: how they ended.
    func revive() async throws -> [RevivedWorker] {
        var ended: [RevivedWorker] = []
        for (name, process) in all where !process.child.isRunning {
            let status = try await process.child.wait(within: .seconds(10))
            ended.append(
                RevivedWorker(
                    name: name, status: status,
                    words: process.child.lines.suffix(3).joined(separator: " | ")))
            try await restart(name)
        }
        return ended
    }

    func killAll() async throws {
        for process in all.values where process.child.isRunning {
            process.child.signal(SIGKILL)
            try await process.child.wait(within: .seconds(10))
        }
    }

    /// What they complained about; and all that they said into the folder that SLUICE_TEST_OUTPUT names.
    func report(to handle: FileHandle) {
        let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_OUTPUT"]
        for (name, process) in all.sorted(by: { $0.key < $1.key }) {
            handle.write(Data((process.complaints.joined(separator: "\n") + "\n").utf8))
            guard let folder else { continue }
            let text = process.child.lines.joined(separator: "\n")
            // Only to help: what failed has failed, whether this can be written or not.
            try? Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).log"))
        }
    }
}
