// `sluice pause`: what goes out is kept until it is resumed.

import ArgumentParser
import Flow
import Foundation
import Liquid

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Keeps back the actions of a connector, store, workflow or endpoint.",
        discussion: """
            Every sender stops within moments; requests on the wire end. Events are matched as before, and their actions \
            wait, in order and without counting attempts, until `sluice resume`. It survives restarts. \
            A name that was deleted will do: runs of it may still wait. \
            JSON: {paused, scope, name, reason?}; paused is false where it was already, and a new reason then replaces \
            the old one.

              sluice pause connector slack --reason "token is being replaced"
              sluice pause endpoint https://hooks.example.com
              sluice get pauses
            """)

    @OptionGroup var target: PauseTarget

    @Option(help: "Why, for whoever looks later.")
    var reason: String?

    @Flag(help: "Also for a name that the registry neither has nor remembers.")
    var force = false

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let reason {
            try OptionRange.check(reason.utf8.count, in: 1...500, option: "the length of --reason")
        }
    }

    func run() async throws {
        let settings = try await common.settings()
        // Only to be shown: nothing is decided by it.
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let pause = Pause(scope: target.kind.scope, name: target.id, reason: reason, since: now)
        let effect = try await PauseWriter(settings: settings).write(pause, isForced: force)
        let name = "\(pause.scope.rawValue) \(pause.name)"
        try output.printer.print(
            json: .compact([
                "paused": .bool(effect == .paused), "scope": .string(pause.scope.rawValue),
                "name": .string(pause.name), "reason": reason.map { .string($0) },
            ]),
            text: Self.text(effect, name))
    }

    private static func text(_ effect: PauseWriter.Effect, _ name: String) -> String {
        switch effect {
        case .paused: "\(name) is paused; go on with: sluice resume \(name)"
        case .reasonChanged: "\(name) was paused already; its reason is the new one now"
        case .unchanged: "\(name) was paused already"
        }
    }
}
