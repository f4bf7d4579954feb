import Flow
import Logging
import Registry
import Synchronization

/// Where authorizations rest that all senders share: a seam, so that tests need no registry.
package protocol AuthorizationStore: Sendable {
    /// What is known of a connection's authorization now, and its version; 0 where there is none.
    func current(_ connection: String) -> (authorization: Authorization?, version: Int)
    /// The version of a connection.
    func version(ofConnection id: String) -> Int
    /// Writes the version after `version`.
    ///
    /// - Returns: false where somebody else wrote it first.
    func write(_ authorization: Authorization, after version: Int) async throws -> Bool
    /// Waits until a connection's authorization has another version, but not longer than the limit.
    func change(of connection: String, from version: Int, within limit: Duration) async
}

/// The registry as the store of authorizations: what one sender writes, every sender reads.
package final class RegistryAuthorizations: AuthorizationStore {
    private let reader: RegistryReader
    private let logger: Logger
    /// Made for the first write: most senders never refresh anything.
    private let writer = Mutex<RegistryWriter?>(nil)

    /// - Parameter reader: must keep the history of authorizations.
    package init(_ reader: RegistryReader, logger: Logger) {
        self.reader = reader
        self.logger = logger
    }

    package func close() async {
        let writer = writer.withLock { writer in
            defer { writer = nil }
            return writer
        }
        await writer?.close(within: .seconds(5))
    }

    package func current(_ connection: String) -> (authorization: Authorization?, version: Int) {
        let directory = reader.directory
        return (
            directory.authorizations[connection],
            directory.newest(.authorization, connection)?.version ?? 0
        )
    }

    package func version(ofConnection id: String) -> Int {
        reader.directory.newest(.connection, id)?.version ?? 0
    }

    package func write(_ authorization: Authorization, after version: Int) async throws -> Bool {
        let writer = try writer.withLock { writer in
            if let writer { return writer }
            let made = try RegistryWriter(reader, logger: logger)
            writer = made
            return made
        }
        let applied = try await writer.apply([
            RegistryChange(
                kind: .authorization, id: authorization.connection, expectedVersion: version,
                body: authorization.body)
        ])
        switch applied.first?.outcome {
        case .won?: return true
        case .failed(let reason)?: throw AuthorizationNotWritten(reason: reason)
        default: return false
        }
    }

    package func change(of connection: String, from version: Int, within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in self.reader.changes where self.current(connection).version != version {
                    return
                }
            }
            group.addTask {
                // A cancelled wait is over.
                try? await Task.sleep(for: limit)
            }
            // It may have come before anybody listened.
            if current(connection).version == version { await group.next() }
            group.cancelAll()
        }
    }
}

struct AuthorizationNotWritten: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the connection's tokens could not be written to the registry: \(reason)" }
}
