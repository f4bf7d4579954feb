// What ArgumentParser finds wrong with a command line, in this program's form and exit code.

import ArgumentParser

/// A command line that can't be parsed.
struct UsageFailure {
    let report: ErrorReport

    /// Nil for an error that is none of ArgumentParser's.
    init?(_ error: any Error, of command: any ParsableCommand.Type) {
        guard command.exitCode(for: error) == .validationFailure else { return nil }
        // ArgumentParser shows "Error: …", an optional "Help: …" and "Usage: …".
        let lines = command.fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: true)
        let what = command.message(for: error)
        let others = lines.map(String.init).drop { $0.hasPrefix("Error:") || what.contains($0) }
        // A long usage says less than the help, which is named below it.
        let details = others.map(Self.trimmed).filter { !$0.hasPrefix("Usage:") || $0.count <= 100 }
        report = ErrorReport(code: .wrongUse, what: Self.lowercasedFirst(what), details: details)
    }

    /// The text of a request for help or for the version; nil for anything else.
    static func help(_ error: any Error, of command: any ParsableCommand.Type) -> String? {
        command.exitCode(for: error) == .success ? command.fullMessage(for: error) : nil
    }

    private static func lowercasedFirst(_ text: String) -> String {
        text.prefix(1).lowercased() + text.dropFirst()
    }

    private static func trimmed(_ line: String) -> String {
        String(line.drop { $0 == " " })
    }
}
