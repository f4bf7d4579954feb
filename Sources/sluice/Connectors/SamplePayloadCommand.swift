// `sluice connectors sample`.

import ArgumentParser
import Connectors
import Flow

struct SamplePayloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Prints a payload that a trigger could have, made from its fields.")

    @Argument(help: ArgumentHelp("The trigger.", valueName: "connector/trigger"))
    var trigger: String

    @Option(help: "Makes the same payload again.")
    var seed: UInt64?

    @OptionGroup(title: "Common options") var common: CommonOptions
    // Every command that prints takes it; a payload is JSON in both forms.
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let connector = trigger.split(separator: "/").first.map(String.init)
        let named = try await KnownConnectors.find(
            naming: connector.map { [$0] } ?? [], common.settings()
        ) { catalogue throws(CommandError) in try catalogue.namedTrigger(trigger) }
        var generator = SeededGenerator(seed: seed ?? UInt64.random(in: .min ... .max))
        let payload = SamplePayload.make(
            for: named.trigger, types: named.connector.types, using: &generator,
            at: SampleTime.text(isRepeatable: seed != nil))
        try Terminal.write(payload.prettyText + "\n")
    }
}
