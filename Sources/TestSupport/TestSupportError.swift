// What can go wrong in the tests' own equipment. A test's own expectations never appear here.

/// A fault of the test equipment; its text says what was tried or awaited, and what was seen instead.
package enum TestSupportError: Error, CustomStringConvertible {
    case timedOut(awaited: String, seen: String, limit: Duration)
    case cannotStart(program: String, reason: String)
    case endedEarly(program: String, status: ExitStatus, awaited: String, lastLines: [String])
    case notInstalled(program: String, remedy: String)
    case notSupported(operation: String, broker: Broker.Kind)
    case systemCallFailed(name: String, reason: String)

    package var description: String {
        switch self {
        case .timedOut(let awaited, let seen, let limit):
            "awaited \(awaited) for \(limit); saw \(seen)"
        case .cannotStart(let program, let reason):
            "cannot start \(program): \(reason)"
        case .endedEarly(let program, let status, let awaited, let lastLines):
            "\(program) ended (\(status)) while \(awaited) was awaited; its last lines:\n"
                + lastLines.map { "    \($0)" }.joined(separator: "\n")
        case .notInstalled(let program, let remedy):
            "\(program) is not installed: \(remedy)"
        case .notSupported(let operation, let broker):
            "a broker of the kind \(broker) cannot \(operation)"
        case .systemCallFailed(let name, let reason):
            "\(name) failed: \(reason)"
        }
    }
}
