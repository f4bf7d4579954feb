// One worker: the real program in a process of its own.

import Foundation
import Glibc
import TestSupport

/// `sluice run ROLE`, under a name that its successor takes over.
struct RoleProcess: Sendable {
    let role: String
    let name: String
    let child: ChildProcess
    /// Nil for the embedded cluster.
    let broker: Broker?

    /// kill -9, in the middle of whatever it does; returns when it is gone.
    func kill() async throws {
        if let broker, broker.kind == .noidaDB {
            // It takes what a dead producer has left in its connection for a transaction of the successor's, and hides
            // what that one commits. So it gets to read that first; Kafka fences it.
            child.signal(SIGSTOP)
            await broker.answerRounds(20)
        }
        child.signal(SIGKILL)
        // A disk that stands still holds up even this.
        try await child.wait(within: .seconds(30))
    }

    /// SIGTERM; waits until it has drained and ended.
    @discardableResult
    func stop() async throws -> ExitStatus {
        child.signal(SIGTERM)
        return try await child.wait(within: .seconds(60))
    }

    /// What it complained about, for a failed test's output.
    var complaints: [String] {
        child.lines.filter { !$0.contains(" info ") && !$0.contains(" debug ") }.suffix(30).map {
            "\(name): \($0)"
        }
    }
}
