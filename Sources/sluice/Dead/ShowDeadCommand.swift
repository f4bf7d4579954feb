// `sluice dead show`.

import ArgumentParser
import Flow
import Pipeline

struct ShowDeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one dead letter with its headers and value.",
        discussion: "The value is what the record had when it was given up; payloads may hold personal data.")

    @Argument(
        help: ArgumentHelp(
            "Its place, as dead list prints it, or its action run's id.",
            valueName: "partition/offset|action-run-id"))
    var name: String

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wanted = try DeadName(name)
        let entry = try await DeadTopic.read(common.settings()) { reader -> DeadEntry? in
            switch wanted {
            case .place(let place):
                return try await reader.entry(at: place)
            case .run(let id):
                var filter = LetterFilter()
                filter.actionRun = id
                guard let found = try await reader.newest(1, filter).first else { return nil }
                return try await reader.entry(at: found.place)
            }
        }
        guard let entry else {
            throw CommandError.failed(
                "there is no dead letter \(name)",
                do: "list them with: sluice dead list --state any; old ones are removed in time")
        }
        try output.printer.print(json: entry.fullJSON, text: entry.page)
    }
}
