// What is known of a child process at a moment.

/// The state that a child's keeper writes and its owner awaits.
struct ChildState: Sendable {
    var log = OutputLog()
    /// True once the process id has gone back to the system: nothing may be sent to it any more.
    var isReaped = false
    /// Set after the process has ended and all its output is in `log`.
    var exit: ExitStatus?

    var lastLines: [String] {
        log.lines.suffix(20).map(\.text)
    }

    /// For the error of a wait that ran out.
    var summary: String {
        let condition = exit.map { "ended with \($0)" } ?? "still running"
        return "\(condition), \(log.end) lines, the last:\n"
            + lastLines.map { "    \($0)" }.joined(separator: "\n")
    }
}
