import ArgumentParser
import Configuration
import Connectors
import Flow
import Kafka
import Logging
import MockVendor
import Pipeline
import Registry
import ServiceLifecycle
import UnixSignals

/// `sluice dev`: everything in one process, with a broker and a vendor to play with.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run everything in this process: a broker, all roles, a vendor, the examples.",
        discussion: """
            --once emits a sample of every trigger, waits until all is settled and prints what came of it; it ends 0 \
            only if each trigger was matched and each action delivered. Without it, dev stays, shows what happens line \
            by line, and says what to try from another terminal. `sluice apply` there adds to what runs, connectors of \
            your own included: dev makes their topics.
            """)

    @Flag(help: "Emit a sample of every trigger, show what came of it, and end.")
    var once = false

    @Option(
        help: ArgumentHelp(
            "The folder of the stores, connections and workflows to apply.", valueName: "folder"))
    var examples: String?

    @Option(help: ArgumentHelp("The script of the mock vendor.", valueName: "file"))
    var script: String?

    @Option(help: "The gateway's port; 0 = a free one. (default: 8080, and a free one with --once)")
    var port: Int?

    @Option(help: "Equal seeds make equal samples.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("With --once: give up after so many seconds.", valueName: "seconds"))
    var timeout: Int = 120

    @Option(help: "The least level of log messages. [SLUICE_LOG_LEVEL]")
    var logLevel: LogLevel?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...86_400).contains(timeout) else {
            throw ValidationError("--timeout is \(timeout); allowed: 1 to 86400")
        }
        if let port { try OptionRange.check(port, in: 0...65_535, option: "--port") }
    }

    func run() async throws {
        let logger = CommandLog.logger(try LogLevel.chosen(logLevel), default: .error)
        try say("Reading the catalogue …")
        let catalogue = try Catalogue.builtIn()
        let folder = try ExamplesFolder.find(examples)
        let file = try script.map { try ScriptFile($0) }
        try say(
            "Starting a broker in this process, with the topics of "
                + "\(catalogue.connectors.count.counted("connector")) …"
        )
        let house = try await DevHouse(
            catalogue: catalogue, script: file?.script,
            gatewayPort: port ?? (once ? 0 : 8_080),
            logger: logger)
        let isDone = try await house.run { house in
            let report = try await house.apply(folder)
            try say("Applied \(folder): \(report)")
            // With the connectors that were applied; others may follow.
            try file?.warn(ScriptNames(house.reader.catalogue))
            if once {
                let events = try Self.samples(house.reader.catalogue, house.stores, seed)
                try await OnceRun(house: house, events: events, limit: .seconds(timeout), output: output)
                    .run()
            } else {
                try await StayingRun(house: house, output: output).run()
            }
        }
        // Without --once a signal is how it ends.
        if once, !isDone { throw CommandError.failed("stopped by a signal before all was settled") }
    }

    /// A sample of every trigger for every store.
    private static func samples(
        _ catalogue: Catalogue, _ stores: [String], _ seed: UInt64
    ) throws(CommandError) -> [TriggerEvent] {
        let triggers = catalogue.connectors.flatMap { connector in
            connector.triggers.map { NamedTrigger(connector: connector, trigger: $0) }
        }
        var maker = EventMaker(triggers: triggers, stores: .named(stores), seed: seed)
        var events: [TriggerEvent] = []
        while let event = try maker.next() { events.append(event) }
        return events
    }

    /// For people; with --output json only the report is printed.
    private func say(_ text: String) throws {
        try output.printer.say(text)
    }
}
