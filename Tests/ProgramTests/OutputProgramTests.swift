import TestSupport
import Testing

/// What becomes of output that nobody can or wants to take.
@Suite(.timeLimit(.minutes(5))) struct OutputProgramTests {
    @Test func `an output that can't be written is a failure with its reason, one that nobody reads is none`()
        async throws
    {
        func run(_ script: String) async throws -> ChildProcess {
            let child = try await ChildProcess.start(
                "/bin/sh", arguments: ["-c", script], environment: ["SLUICE": SluiceBinary.path])
            try await child.wait(within: .seconds(60))
            return child
        }
        let full = try await run("\"$SLUICE\" connectors list > /dev/full; echo end $?")
        #expect(full.standardOutput == ["end 1"])
        #expect(full.standardError.first == "sluice: the output can't be written: No space left on device")
        let closed = try await run("(\"$SLUICE\" connectors list; echo end $? >&2) | :")
        #expect(closed.standardError.last?.hasPrefix("end ") == true)
        #expect(closed.standardError.count == 1)
    }
}
