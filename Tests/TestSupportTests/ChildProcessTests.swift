import Foundation
import Testing

@testable import TestSupport

@Suite struct ChildProcessTests {
    @Test func `captures both streams as lines`() async throws {
        let child = try await shell("echo one; echo two >&2; printf 'three'")
        #expect(try await child.wait(within: .seconds(10)) == .code(0))
        #expect(child.standardOutput == ["one", "three"])
        #expect(child.standardError == ["two"])
    }

    @Test func `all output is there when the end is told, even what a grandchild's open pipe would hold up`()
        async throws
    {
        let child = try await shell("sleep 5 & seq 1 20000; exit 3")
        #expect(try await child.wait(within: .seconds(4)) == .code(3))
        #expect(child.lines.last == "20000")
    }

    @Test func `waits for a line, written before or after`() async throws {
        let child = try await shell("echo early; read answer; echo \"late\"; exec sleep 60", input: "go\n")
        #expect(try await child.waitForLine(containing: "arly", within: .seconds(10)) == "early")
        #expect(try await child.waitForLine(containing: "late", within: .seconds(10)) == "late")
        #expect(try await child.waitForLine(containing: "early", within: .seconds(10)) == "early")
    }

    @Test func `an end without the line is told at once, with the last lines`() async throws {
        let child = try await shell("echo broken configuration; exit 2")
        let error = await #expect(throws: TestSupportError.self) {
            try await child.waitForLine(containing: "ready", within: .seconds(60))
        }
        #expect(error?.description.contains("exit code 2") == true)
        #expect(error?.description.contains("broken configuration") == true)
    }

    @Test func `a wait that runs out says what was awaited and what was seen`() async throws {
        let child = try await shell("echo starting; exec sleep 60")
        try await child.waitForLine(containing: "starting", within: .seconds(10))
        let error = await #expect(throws: TestSupportError.self) {
            try await child.waitForLine(containing: "ready", within: .milliseconds(20))
        }
        #expect(error?.description.contains("'ready'") == true)
        #expect(error?.description.contains("starting") == true)
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func `a signal ends it and is its status`(number: Int32) async throws {
        let child = try await shell("echo up; exec sleep 60")
        try await child.waitForLine(containing: "up", within: .seconds(10))
        #expect(child.signal(number))
        #expect(try await child.wait(within: .seconds(10)) == .signal(number))
        #expect(!child.isRunning)
        #expect(!child.signal(SIGTERM), "nobody is there any more")
    }

    @Test func `a stopped process goes on when told to`() async throws {
        let child = try await shell("echo up; while :; do sleep 0.01; done")
        try await child.waitForLine(containing: "up", within: .seconds(10))
        child.signal(SIGSTOP)
        try await eventually("the process is stopped", within: .seconds(10)) {
            try state(of: child.pid) == "T"
        }
        child.signal(SIGCONT)
        try await eventually("the process goes on", within: .seconds(10)) { try state(of: child.pid) != "T" }
    }

    @Test func `stopping kills what ignores the request`() async throws {
        let child = try await shell("trap '' TERM; echo up; while :; do sleep 0.05; done")
        try await child.waitForLine(containing: "up", within: .seconds(10))
        #expect(try await child.stop(within: .milliseconds(100)) == .signal(SIGKILL))
    }

    @Test func `an abandoned child is killed and leaves no zombie`() async throws {
        var child: ChildProcess? = try await shell("exec sleep 60")
        let pid = try #require(child?.pid)
        child = nil
        try await eventually("the process is gone", within: .seconds(10)) {
            !FileManager.default.fileExists(atPath: "/proc/\(pid)")
        }
    }

    @Test func `gets arguments, environment and directory as given`() async throws {
        let directory = try TemporaryDirectory()
        let child = try await ChildProcess.start(
            "/bin/sh", arguments: ["-c", "echo \"$1|$WORD|$(pwd)\"", "sh", "a b"],
            environment: ["WORD": "c d"], directory: directory.path)
        try await child.wait(within: .seconds(10))
        #expect(child.standardOutput == ["a b|c d|\(directory.path)"])
    }

    @Test func `a program that is not there is named`() async throws {
        let error = await #expect(throws: TestSupportError.self) {
            try await ChildProcess.start("/nowhere/broker")
        }
        #expect(error?.description.contains("/nowhere/broker") == true)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
    func `the kernel is told to kill a child when the tests die`() async throws {
        let child = try await ChildProcess.start("setpriv", arguments: ["--dump"])
        try await child.waitForLine(containing: "Parent death signal: KILL", within: .seconds(10))
    }

    private func shell(_ script: String, input: String = "") async throws -> ChildProcess {
        let directory = try TemporaryDirectory()
        let inputPath = directory.path(of: "input")
        try Data(input.utf8).write(to: URL(fileURLWithPath: inputPath))
        let child = try await ChildProcess.start("sh", arguments: ["-c", script], inputPath: inputPath)
        // The file was opened when the child started, and may go.
        withExtendedLifetime(directory) {}
        return child
    }

    /// The letter of `/proc/<pid>/stat`: R, S, T for stopped, Z for a zombie; nil when there is no such process.
    private func state(of pid: Int32) throws -> Character? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        return stat.split(separator: ")").last?.first { $0 != " " }
    }
}
