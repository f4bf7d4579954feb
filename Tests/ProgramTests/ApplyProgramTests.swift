import TestSupport
import Testing

/// `apply` as a program: what it says before it asks any broker.
@Suite(.timeLimit(.minutes(5))) struct ApplyProgramTests {
    @Test func `a path that doesn't exist is wrong use, a folder without documents a failure`() async throws {
        let missing = try await Program.run(["apply", "-f", "/nowhere", "--bootstrap-servers", "127.0.0.1:1"])
        #expect(missing.status == .code(2))
        #expect(missing.errors.first == "sluice: there is no such file or folder")
        let folder = try TemporaryDirectory()
        let empty = try await Program.run(["apply", "-f", folder.path, "--bootstrap-servers", "127.0.0.1:1"])
        #expect(empty.status == .code(1))
        #expect(
            empty.errors.contains("  \(folder.path): there is no *.yaml or *.yml in it"), "\(empty.errors)")
    }
}
