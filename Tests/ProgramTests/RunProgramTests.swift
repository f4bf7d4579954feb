import Foundation
import Glibc
import TestSupport
import Testing

/// `run` and `dev` as programs.
@Suite(.timeLimit(.minutes(5))) struct RunProgramTests {
    @Test(arguments: [
        (["matcher", "--connectors", "slack"], "--connectors slack: the matcher has nothing to read"),
        (
            ["sender", "matcher", "--connectors", "slack"],
            "--connectors slack: the matcher has nothing to read"
        ),
        (["sender", "--connectors", "okendo"], "--connectors okendo: the sender has nothing to send"),
        (["matcher", "--connectors", ""], "--connectors is empty: the matcher has nothing to read"),
    ])
    func `a role without a topic is wrong use that names role and connectors`(
        arguments: [String], message: String
    ) async throws {
        let program = try await Program.run(["run"] + arguments + ["--bootstrap-servers", "127.0.0.1:1"])
        #expect(program.status == .code(2))
        #expect(program.errors.first?.hasPrefix("sluice: \(message)") == true, "\(program.errors)")
    }

    @Test func `dev --once sends all triggers and actions in a part of its time`() async throws {
        let program = try await Program.run(["dev", "--once"])
        #expect(program.status == .code(0), "\(program.errors.suffix(5))")
        #expect(
            program.output.contains {
                $0.hasPrefix(
                    "60 of 60 triggers matched, 42 of 42 actions delivered, 42 of them after a failure")
            },
            "\(program.output.suffix(3))")
    }

    @Test func `dev --once that a signal ends has failed`() async throws {
        // A vendor that always fails: the signal comes before the end, however late it comes.
        let folder = try TemporaryDirectory()
        let script = folder.path(of: "script.yaml")
        try "default: [503]".write(toFile: script, atomically: true, encoding: .utf8)
        let child = try await Program.start(["dev", "--once", "--timeout", "3600", "--script", script])
        try await child.waitForLine(containing: "Emitting", within: .seconds(120))
        child.signal(SIGTERM)
        #expect(try await child.wait(within: .seconds(120)) == .code(1))
        #expect(child.standardError.contains { $0.contains("stopped by a signal") })
    }
}
