// Starts a program with `posix_spawn`. Foundation's `Process` is not used: it learns of the end through a
// descriptor that grandchildren inherit, and it reaps on a thread of its own, so that a signal could reach a
// process id that is someone else's by then.

import Foundation
import Glibc

/// What to run, and how.
struct SpawnRequest: Sendable {
    let program: String
    let arguments: [String]
    let environment: [String: String]
    let directory: String?
    let inputPath: String

    /// The wrapper that makes the kernel kill a child when the thread that started it ends (`PR_SET_PDEATHSIG`);
    /// it replaces itself by the program, which so keeps the process id. Part of util-linux.
    private static let deathSignalWrapper = "/usr/bin/setpriv"

    /// Starts the program with the two descriptors as its output; it inherits no others.
    ///
    /// Where `setpriv` is missing, children outlive a test process that is killed; an orderly end still stops
    /// them.
    func spawn(standardOutput: Int32, standardError: Int32) throws -> pid_t {
        let path = try executablePath()
        var words = [path] + arguments
        // Swift's view of glibc lacks the spawn action for the working directory.
        if let directory { words = ["/usr/bin/env", "--chdir=\(directory)"] + words }
        if access(Self.deathSignalWrapper, X_OK) == 0 {
            words = [Self.deathSignalWrapper, "--pdeathsig", "KILL", "--"] + words
        }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, standardError, 2)
        // Sockets of SwiftNIO are inherited unless they are closed here: a listener that lives on in a child would
        // go on accepting. Some more than are open now, for those that another thread opens meanwhile; closing
        // what is not open is no error.
        for descriptor in 3..<(Self.highestDescriptor() + 256) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        resetSignals(&attributes)

        var pid: pid_t = 0
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let code = Self.withCStrings(words) { argv in
            Self.withCStrings(variables) { envp in
                SpawnGate.pass { posix_spawn(&pid, words[0], &actions, &attributes, argv, envp) }
            }
        }
        guard code == 0 else {
            throw TestSupportError.cannotStart(program: path, reason: String(cString: strerror(code)))
        }
        return pid
    }

    /// A test runner or library may ignore or block signals; the child starts with none ignored and none blocked.
    private func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGUSR1, SIGUSR2] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// The highest descriptor that this process has open.
    private static func highestDescriptor() -> Int32 {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        // Without /proc, the usual limit of a process stands in.
        return open.compactMap { Int32($0) }.max() ?? 1024
    }

    /// The program as an absolute path: a bare name is looked up in the child's `PATH`. Checked here, because the
    /// wrapper would report a missing program only by an exit code.
    private func executablePath() throws -> String {
        let candidates =
            program.contains("/")
            ? [URL(fileURLWithPath: program).path]
            : (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(program)" }
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            throw TestSupportError.cannotStart(
                program: program, reason: "no executable file at \(candidates.joined(separator: ", "))")
        }
        return path
    }

    /// Lends `strings` as the null-terminated array that C's `argv` and `envp` are, for the time of `body`.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
