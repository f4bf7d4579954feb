// The option of every command that prints results.

import ArgumentParser

/// `--output`.
struct OutputOptions: ParsableArguments {
    @Option(help: "How to print: table, for people, or json, one document with stable keys.")
    var output: OutputFormat = .table

    var printer: Printer { Printer(format: output) }
}
