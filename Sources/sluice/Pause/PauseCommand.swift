// `sluice pause`: what goes out is kept until it is resumed.

import ArgumentParser
import Flow
import Liquid

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Keeps back the actions of a connector, store, workflow or endpoint.",
        discussion: """
            Every sender stops within moments; requests on the wire end. Events are matched as before, and their actions \
            wait, in order and without counting attempts, until `sluice resume`. It survives restarts. \
            JSON: {paused, scope, name, reason?}; paused is false where it was already.

              sluice pause connector slack --reason "token is being replaced"
              sluice pause endpoint https://hooks.example.com
              sluice get pauses
            """)

    @OptionGroup var target: PauseTarget

    @Option(help: "Why, for whoever looks later.")
    var reason: String?

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let reason {
            try OptionRange.check(reason.utf8.count, in: 1...500, option: "the length of --reason")
        }
    }

    func run() async throws {
        let settings = try await common.settings()
        let pause = Pause(scope: target.kind.scope, name: target.id, reason: reason)
        let isNew = try await PauseWriter(settings: settings).write(pause)
        try output.printer.print(
            json: .compact([
                "paused": .bool(isNew), "scope": .string(pause.scope.rawValue), "name": .string(pause.name),
                "reason": reason.map { .string($0) },
            ]),
            text: isNew
                ? "\(pause.scope.rawValue) \(pause.name) is paused; go on with: sluice resume \(pause.scope.rawValue) \(pause.name)"
                : "\(pause.scope.rawValue) \(pause.name) was paused already")
    }
}
