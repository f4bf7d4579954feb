// The program: its commands, and how each run of it ends.

import ArgumentParser
import Foundation

/// `sluice`. Exit codes: 0 done, 1 failed, 2 wrong use.
@main
struct SluiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Runs Shopify-Flow-style workflows on Kafka: triggers in, actions out, nothing lost.",
        discussion: """
            Start with `sluice dev`: everything in one process, with a broker and a vendor to play with. Against a \
            Kafka of your own: topics create, apply, run, emit.
            """,
        version: Version.text,
        subcommands: [
            DevCommand.self, RunCommand.self, EmitCommand.self, ApplyCommand.self, GetCommand.self,
            PauseCommand.self, ResumeCommand.self, CancelCommand.self, InDoubtCommand.self,
            ConnectorsCommand.self, ConnectionsCommand.self, TopicsCommand.self, DeadCommand.self,
            VerifyCommand.self,
            MockVendorCommand.self,
            SecretsCommand.self, VersionCommand.self,
        ])

    static func main() async {
        // A reader that goes away (`| head`) is an error of the write, which ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        Foundation.exit(await run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// Runs one command line, and reports its failure.
    static func run(_ arguments: [String]) async -> EndCode {
        do {
            let command = try await asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
            return .done
        } catch {
            return report(error, arguments)
        }
    }

    private static func report(_ error: any Error, _ arguments: [String]) -> EndCode {
        if let help = UsageFailure.help(error, of: Self.self) {
            // Where nobody reads it any more, the help was not given.
            return (try? Terminal.write(help + "\n")) == nil ? .failed : .done
        }
        guard let report = UsageFailure(error, of: Self.self)?.report ?? ErrorReport(error) else {
            return .failed
        }
        Terminal.complain(OutputFormat.wanted(by: arguments) == .json ? report.json : report.text)
        return report.code
    }
}
