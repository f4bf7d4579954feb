// `sluice version`.

import ArgumentParser
import Flow
import Liquid

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

    @OptionGroup var output: OutputOptions

    func run() throws {
        try output.printer.print(json: ["version": .string(Version.text)], text: "sluice \(Version.text)")
    }
}
