// The brokers that tests can run on. How each differs from Apache Kafka stands in the table of the project's
// documents on brokers; tests ask for the kind that does right what they check.

import Foundation

extension Broker {
    package enum Kind: String, Sendable, CaseIterable {
        /// Whatever `KAFKA_BOOTSTRAP_SERVERS` names: a real Apache Kafka 3.x or 4.x, shared with other tests.
        case external
        /// For transactions, isolation, fencing, admin, lag, compaction, restarts. A killed dynamic group member
        /// is never replaced on it, so members need static ids.
        case noidaDB = "noida-db"
        /// For dynamic groups, rebalances, killed members. Shows aborted records and wrong watermarks; its data
        /// lives in memory.
        case tansu
    }

    /// A list of `host:port` that replaces every broker of the tests.
    static let externalVariable = "KAFKA_BOOTSTRAP_SERVERS"

    static var externalServers: String? {
        ProcessInfo.processInfo.environment[externalVariable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether the tests use a cluster of others, which they can't stop or change.
    package static var isExternal: Bool { externalServers != nil }

    /// True when a broker of that kind can be had; for `.enabled(if:)`.
    package static func isInstalled(_ kind: Kind) -> Bool {
        if externalServers != nil { return true }
        return kind != .external && FileManager.default.isExecutableFile(atPath: programPath(of: kind))
    }

    /// Where `Tests/brokers.sh` puts a kind's program.
    static func programPath(of kind: Kind) -> String {
        let source = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        // The repository stands four levels above this file: Brokers, TestSupport, Sources.
        let root = (0..<4).reduce(source) { path, _ in path.deletingLastPathComponent() }
        return root.appendingPathComponent(".brokers/\(kind.rawValue)").path
    }
}
