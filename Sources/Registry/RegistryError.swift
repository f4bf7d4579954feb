// The one error of this module: what failed, with what value, and what to do.

/// A failure of the registry, its secrets or its topic. What is wrong with a user's documents is `Diagnostics`.
package enum RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The configured sealing keys can't be used. The text never holds a key.
    case invalidKeys(String)
    /// A sealed text can't be opened. The text never holds the secret.
    case cannotOpen(connection: String, reason: String)
    case topicMissing(String)
    case unreachable(servers: String, reason: String)
    /// The registry wasn't read to its end, and nothing came for so long.
    case notReady(topic: String, within: Duration)
    /// The reader that a writer needs has ended.
    case readerEnded(topic: String)
    /// The writer's reader doesn't keep the log's keys.
    case historyNeeded

    package var description: String {
        switch self {
        case .invalidKeys(let reason):
            "the sealing keys can't be used: \(reason); they are written id:key[,id:key], newest first, each key 32 "
                + "bytes in base64"
        case .cannotOpen(let connection, let reason):
            "a secret of the connection \(connection) can't be opened: \(reason)"
        case .topicMissing(let topic):
            "the registry's topic \(topic) doesn't exist; run: sluice topics create"
        case .unreachable(let servers, let reason):
            "the registry can't be read from \(servers): \(reason)"
        case .notReady(let topic, let limit):
            "the registry's topic \(topic) was not read to its end: nothing came for \(limit)"
        case .readerEnded(let topic):
            "the reader of the registry's topic \(topic) has ended; it must run as long as somebody reads or writes"
        case .historyNeeded:
            "a writer's reader must keep the history of the registry: make it with historyOf: .all"
        }
    }
}
