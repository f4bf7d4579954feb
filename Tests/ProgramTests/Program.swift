import Testing
import TestSupport

/// The built program, run once as its users run it.
struct Program {
    let status: TestSupport.ExitStatus
    let output: [String]
    let errors: [String]

    var text: String { output.joined(separator: "\n") }

    /// Runs it to its end. Nothing of this machine's own settings reaches it.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Program {
        let child = try await start(arguments, environment: environment)
        let status = try await child.wait(within: .seconds(120))
        return Program(status: status, output: child.standardOutput, errors: child.standardError)
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) async throws -> ChildProcess
    {
        let none = ["KAFKA_BOOTSTRAP_SERVERS": "", "SLUICE_SECRETS_KEYS": "", "SLUICE_CONFIG": ""]
        return try await ChildProcess.start(
            SluiceBinary.path, arguments: arguments, environment: none.merging(environment) { $1 })
    }
}
