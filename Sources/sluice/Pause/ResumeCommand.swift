// `sluice resume`: what was kept goes on.

import ArgumentParser
import Flow
import Liquid

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets the actions go on that `sluice pause` keeps back.",
        discussion: """
            They go in the order of their keys, oldest first. `sluice get pauses` shows what is paused. \
            A name that nobody knows is a failure. JSON: {resumed, scope, name}; resumed is false where it was not paused.
            """)

    @OptionGroup var target: PauseTarget
    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let settings = try await common.settings()
        let (scope, name) = (target.kind.scope, target.id)
        let wasPaused = try await PauseWriter(settings: settings).remove(scope, name)
        try output.printer.print(
            json: [
                "resumed": .bool(wasPaused), "scope": .string(scope.rawValue), "name": .string(name),
            ],
            text: wasPaused
                ? "\(scope.rawValue) \(name) goes on"
                : "\(scope.rawValue) \(name) was not paused; see: sluice get pauses")
    }
}
