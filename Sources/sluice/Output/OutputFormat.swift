// How results are printed.

import ArgumentParser

/// `--output`.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json

    /// What a command line asks for, also one that can't be parsed: its error has to be shown in that form.
    static func wanted(by arguments: [String]) -> OutputFormat {
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            if argument == "--output=json" { return .json }
            if argument == "--output", arguments.dropFirst(index + 1).first == "json" { return .json }
        }
        return .table
    }
}
