// What can keep a mock vendor from doing its work. Scripts have errors of their own, with places: Diagnostics.

/// What failed, with what value, and what to do.
package enum MockVendorError: Error, Hashable, Sendable, CustomStringConvertible {
    case badSetting(String)
    case cannotListen(host: String, port: Int, reason: String)
    case cannotOpenLog(path: String, reason: String)
    /// The descriptions of the vendors' public APIs can't be had; the rest works without them.
    case noReplica(of: String, reason: String)
    /// It stopped before it listened, so it never had a port.
    case neverListened
    /// What somebody waited for did not happen in time.
    case timedOut(limit: Duration, seen: String)

    package var description: String {
        switch self {
        case .badSetting(let text):
            text
        case .cannotListen(let host, let port, let reason):
            "the mock vendor can't listen on \(host):\(port): \(reason); choose another port (0 = any free one)"
        case .cannotOpenLog(let path, let reason):
            "the log file \(path) can't be opened: \(reason); choose a file in a folder that you may write to"
        case .noReplica(let connector, let reason):
            "the public API of \(connector) can't be played: \(reason)"
        case .neverListened:
            "the mock vendor was stopped before it listened"
        case .timedOut(let limit, let seen):
            "what was awaited at the mock vendor did not happen within \(limit); it has seen \(seen)"
        }
    }
}
