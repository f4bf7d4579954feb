// Programs that tests run beside themselves: brokers and the built `sluice`. Knows no program in particular.

import Foundation
import Glibc

/// A running program whose output is captured as lines, and which never outlives its owner.
///
/// It is killed when the last reference goes, and by the kernel when the test process dies (see `SpawnRequest`).
/// Its exit is always collected, so it leaves no zombie. What it starts itself is its own to end.
package final class ChildProcess: Sendable {
    package let pid: Int32
    private let program: String
    private let observed: Observed<ChildState>

    /// Starts `program`, a path or a name in `PATH`.
    ///
    /// `environment` is added to the test's own. Standard input is the file at `inputPath`.
    package static func start(
        _ program: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        directory: String? = nil,
        inputPath: String = "/dev/null"
    ) async throws -> ChildProcess {
        let request = SpawnRequest(
            program: program,
            arguments: arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            directory: directory,
            inputPath: inputPath)
        let observed = Observed(ChildState())
        let pid = try await ChildKeeper.start(request, observed: observed)
        return ChildProcess(pid: pid, program: program, observed: observed)
    }

    private init(pid: Int32, program: String, observed: Observed<ChildState>) {
        self.pid = pid
        self.program = program
        self.observed = observed
    }

    deinit {
        signal(SIGKILL)
    }

    package var isRunning: Bool {
        !observed.value.isReaped
    }

    /// Both streams, in the order in which they were read; the oldest lines of a talkative process are dropped.
    package var lines: [String] {
        observed.value.log.lines.map(\.text)
    }

    package var standardOutput: [String] {
        observed.value.log.lines.filter { $0.stream == .standardOutput }.map(\.text)
    }

    package var standardError: [String] {
        observed.value.log.lines.filter { $0.stream == .standardError }.map(\.text)
    }

    /// Sends SIGTERM, SIGKILL, SIGSTOP, SIGCONT …; returns false when the process has already ended.
    @discardableResult
    package func signal(_ number: Int32) -> Bool {
        // Under the lock, because the keeper gives the process id back to the system under the same lock.
        observed.update { state in
            !state.isReaped && kill(pid, number) == 0
        }
    }

    /// Waits for the first line of either stream that contains `text`, lines already written included.
    ///
    /// Throws at once when the process ends without it.
    @discardableResult
    package func waitForLine(containing text: String, within limit: Duration) async throws -> String {
        let search = LineSearch(containing: text)
        let awaited = "the line '\(text)'"
        let found: Result<String, TestSupportError> = try await observed.wait(
            within: limit, for: "\(awaited) of \(program)", seen: \.summary
        ) { [program] state in
            if let line = search.next(in: state.log) { return .success(line) }
            guard let exit = state.exit else { return nil }
            return .failure(
                .endedEarly(program: program, status: exit, awaited: awaited, lastLines: state.lastLines))
        }
        return try found.get()
    }

    /// Waits for its end; all that it wrote can be read then.
    @discardableResult
    package func wait(within limit: Duration) async throws -> ExitStatus {
        try await observed.wait(
            within: limit, for: "the end of \(program)", seen: \.summary, until: \.exit)
    }

    /// Ends it in order: SIGTERM, and SIGKILL when it still runs after `limit`.
    @discardableResult
    package func stop(within limit: Duration = .seconds(10)) async throws -> ExitStatus {
        signal(SIGTERM)
        // A stopped (SIGSTOP) process takes note of SIGTERM only when it goes on.
        signal(SIGCONT)
        do {
            return try await wait(within: limit)
        } catch is TestSupportError {
            signal(SIGKILL)
            return try await wait(within: limit)
        }
    }
}
