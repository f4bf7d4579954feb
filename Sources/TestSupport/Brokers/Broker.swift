// The broker of a test: the real Kafka that the environment names, or a stand-in started for this test alone.
// Imports no Kafka client: tests bring the one they test.

import Foundation
import Synchronization

/// A broker that is up, with the address that clients bootstrap from.
///
/// A stand-in is stopped and its data removed by ``stop()`` or when the last reference goes. An external Kafka is
/// shared and outlives the tests: take every topic, group and transactional id from ``uniqueName(_:)``.
package final class Broker: Sendable {
    /// `.external` when `KAFKA_BOOTSTRAP_SERVERS` is set, whatever was asked for.
    package let kind: Kind
    package let bootstrapServers: String
    /// The proxy between clients and the broker, for faults of the network. Only Tansu has one.
    package let proxy: TCPFaultProxy?

    private let running: Mutex<BrokerProcess?>

    /// Returns the external broker where there is one, else starts one of `kind`; it answers when this returns.
    package static func start(_ kind: Kind = .noidaDB) async throws -> Broker {
        if let externalServers {
            return Broker(kind: .external, bootstrapServers: externalServers, process: nil)
        }
        guard isInstalled(kind) else {
            throw TestSupportError.notInstalled(
                program: "the broker \(kind.rawValue)",
                remedy: "run Tests/brokers.sh, or set \(externalVariable) to a Kafka's address")
        }
        let process = try await startOnFreePort(kind)
        let port = process.proxy?.port ?? process.port
        return Broker(kind: kind, bootstrapServers: "\(TCPFaultProxy.host):\(port)", process: process)
    }

    /// A port that was free may be taken before the program has it; the program then ends, and another is tried.
    private static func startOnFreePort(_ kind: Kind) async throws -> BrokerProcess {
        for _ in 0..<2 {
            do {
                return try await BrokerProcess.start(kind)
            } catch TestSupportError.endedEarly {
                continue
            }
        }
        return try await BrokerProcess.start(kind)
    }

    private init(kind: Kind, bootstrapServers: String, process: BrokerProcess?) {
        self.kind = kind
        self.bootstrapServers = bootstrapServers
        proxy = process?.proxy
        running = Mutex(process)
    }

    deinit {
        // Before its directory goes with it: a broker that still runs would write into it.
        signal(SIGKILL)
    }

    /// `name` with a suffix that no other test and no other run uses.
    package static func uniqueName(_ name: String) -> String {
        "\(name)-\(UUID().uuidString.lowercased())"
    }

    /// The process id of a stand-in that runs.
    package var processID: Int32? {
        running.withLock { $0?.child.pid }
    }

    /// What a stand-in has printed, to be shown with a failure.
    package var output: [String] {
        running.withLock { $0?.child }?.lines ?? []
    }

    /// Sends a signal to a stand-in, such as SIGSTOP for a broker that hangs; returns false when none runs.
    @discardableResult
    package func signal(_ number: Int32) -> Bool {
        running.withLock { $0?.child }?.signal(number) ?? false
    }

    /// Waits until a stand-in has answered a few questions one after the other, and so has read what lay in its
    /// connections before.
    package func answerRounds(_ count: Int) async {
        guard let port = running.withLock({ $0?.port }) else { return }
        for _ in 0..<count { _ = await KafkaProbe.answers(port: port) }
    }

    /// Stops noida-db in order and starts it again on the same port and data. Stop producing before: what it
    /// acknowledged in its last two seconds is safe only through an orderly end.
    package func restart() async throws {
        guard kind == .noidaDB, let process = running.withLock({ $0 }) else {
            throw TestSupportError.notSupported(operation: "be restarted with its data", broker: kind)
        }
        try await process.child.stop()
        let next = try await process.startAgain()
        running.withLock { $0 = next }
    }

    /// Stops a stand-in, waits for its exit and removes its directory; leaves an external broker alone.
    package func stop() async throws {
        guard let process = running.withLock({ $0.take() }) else { return }
        try await process.child.stop()
        try await process.proxy?.stop()
    }
}
