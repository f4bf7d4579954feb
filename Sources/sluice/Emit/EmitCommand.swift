// `sluice emit`: test events.

import ArgumentParser
import Connectors
import Flow
import Kafka
import Liquid
import Logging
import Pipeline

struct EmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit", abstract: "Sends test events, and follows what becomes of them.",
        discussion: """
            Payloads are samples made from the trigger's fields. With several triggers (`all`) and stores, triggers \
            take turns first, then stores. A --store that the registry lacks is warned of, and no failure: its events are \
            sent, and refused. JSON: {emitted, duration_ms, rate_per_s, seed, watched?}.

              sluice emit loyaltylion/moved-up-tier --store tea-house.myshopify.com --watch
              sluice emit okendo/review-created --stores 10 --set rating=1
              sluice emit all --stores 100 --count 10000 --rate 500
            """)

    @Argument(
        help: ArgumentHelp(
            "The trigger; `all` for every one, those of your own connectors too.",
            valueName: "connector/trigger"))
    var trigger: String

    @OptionGroup(title: "Stores") var stores: EmitStores
    @OptionGroup(title: "Payload") var payload: EmitPayload

    @Option(help: "How many events in all. (default: one for each trigger and store)")
    var count: Int?

    @Option(help: "Events per second, at most. (default: as fast as it goes)")
    var rate: Double?

    @Option(help: "Makes the same events again, with the same ids.")
    var seed: UInt64?

    @Option(help: "The event's id; several events have their number behind it.")
    var id: String?

    @Flag(help: "Follow the events to the end of every run; succeed only if all of them do.")
    var watch = false

    @Option(help: "Seconds that --watch waits for the runs' ends after the last event was sent.")
    var timeout = 120

    @Flag(help: "Print the records, and send nothing.")
    var dryRun = false

    @OptionGroup(title: "Common options") var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let count { try OptionRange.check(count, in: 1...1_000_000_000, option: "--count") }
        if let rate { try OptionRange.check(rate, in: 0.001...1_000_000, option: "--rate") }
        try OptionRange.check(timeout, in: 1...86_400, option: "--timeout")
        if let id { try OptionRange.check(id.utf8.count, in: 1...240, option: "the length of --id") }
    }

    func run() async throws {
        let settings = try await common.settings()
        let triggers = try await chosenTriggers(settings)
        let seed = seed ?? UInt64.random(in: 0..<1 << 53)
        var maker = EventMaker(
            triggers: triggers, stores: try await stores.names(settings), count: count, seed: seed)
        maker.id = id
        maker.sampleTime = SampleTime.text(isRepeatable: self.seed != nil)
        try payload.apply(to: &maker)
        // What is wrong with the first event is told before anything is sent.
        var trial = maker
        _ = try trial.next()
        if dryRun { return try RecordListing.print(maker, topics: settings.topics, output.printer) }
        if stores.stores != nil {
            Terminal.complain(
                "note: events of stores that the registry lacks are refused; --all-stores takes those that it has"
            )
        }
        try await emit(maker, seed: seed, settings)
    }

    private func chosenTriggers(_ settings: Settings) async throws -> [NamedTrigger] {
        guard trigger == "all" else {
            // One that ships is found without a broker.
            let connector = trigger.split(separator: "/").first.map(String.init)
            return [
                try await KnownConnectors.find(naming: connector.map { [$0] } ?? [], settings) {
                    catalogue throws(CommandError) in try catalogue.namedTrigger(trigger)
                }
            ]
        }
        guard payload.isSample else {
            throw CommandError.wrongUse(
                "--data and --set want one trigger, not all", do: "name it as CONNECTOR/TRIGGER")
        }
        let catalogue =
            try await settings.namesKafka && !dryRun
            ? KnownConnectors.directory(settings).catalogue : Catalogue.builtIn()
        return catalogue.connectors.flatMap { connector in
            connector.triggers.map { NamedTrigger(connector: connector, trigger: $0) }
        }
    }

    private func emit(_ maker: EventMaker, seed: UInt64, _ settings: Settings) async throws {
        var kafka = try settings.kafka()
        // librdkafka's five minutes are long to look at; whoever sets it knows better.
        kafka.properties["message.timeout.ms"] = kafka.properties["message.timeout.ms"] ?? "30000"
        let hasRegistry = try await Self.checkTopics(of: maker, kafka, settings)
        async let warned: Void = StoreCheck.complain(of: hasRegistry ? stores.store : [], settings)
        let progress = Progress(total: maker.total, of: "events")
        let producer = try Producer(kafka, logger: settings.logger)
        let emitter = Emitter(producer: producer, topics: settings.topics)
        let watch =
            watch ? try EmitWatch(settings, timeout: timeout, rate: rate, progress, output.printer) : nil
        try await watch?.watcher.begin()
        let end: Result<Duration, any Error>
        do {
            end = .success(try await send(maker, emitter, progress, watch))
        } catch {
            end = .failure(error)
        }
        await watch?.watcher.close()
        await warned
        // However it ended, the report says how far it came: its seed sends the same again.
        switch end {
        case .success(let elapsed):
            await producer.close(within: .seconds(5))
            try report(elapsed, progress, seed: seed, watch)
            try watch?.throwIfAnyFailed()
        case .failure(let error):
            await producer.close(within: .zero)
            try report(progress.elapsed, progress, seed: seed, watch)
            throw Self.explained(error, progress, total: maker.total, seed: seed)
        }
    }

    /// - Throws: `MissingTopics`, of the triggers.
    /// - Returns: whether the registry's topic is there, too.
    private static func checkTopics(
        of maker: EventMaker, _ kafka: KafkaConfiguration, _ settings: Settings
    ) async throws -> Bool {
        let needed = Set(maker.triggers.map { settings.topics.triggers($0.connector.id) })
        let counts = try await TopicQuery.run(kafka, settings.logger) {
            try await $0.partitionCounts(within: TopicCheck.bound)
        }
        let missing = needed.filter { counts[$0] == nil }.sorted()
        guard missing.isEmpty else { throw MissingTopics(names: missing) }
        return counts[settings.topics.registry] != nil
    }

    /// - Returns: how long sending took.
    private func send(
        _ maker: EventMaker, _ emitter: Emitter, _ progress: Progress, _ watch: EmitWatch?
    ) async throws -> Duration {
        guard let watch else {
            try await progress.whileShown { try await emitter.run(maker, rate: rate, progress: progress) }
            return progress.elapsed
        }
        return try await withThrowingTaskGroup(of: Duration?.self) { group in
            group.addTask {
                try await emitter.run(maker, rate: rate, watcher: watch.watcher, progress: progress)
                watch.noteEmitted()
                return progress.elapsed
            }
            group.addTask {
                try await watch.follow()
                return nil
            }
            var elapsed: Duration?
            while let result = await group.nextResult() {
                if let duration = try Self.finished(result, watch) { elapsed = duration }
                // Where following ends first, sending has stalled, and the watch says so.
                if watch.isStalled { group.cancelAll() }
            }
            return elapsed ?? progress.elapsed
        }
    }

    /// - Throws: the failure, unless it is the end of sending that had stalled.
    private static func finished(
        _ result: Result<Duration?, any Error>, _ watch: EmitWatch
    ) throws -> Duration? {
        do {
            return try result.get()
        } catch is CancellationError where watch.isStalled {
            return nil
        }
    }

    private func report(_ elapsed: Duration, _ progress: Progress, seed: UInt64, _ watch: EmitWatch?) throws {
        let report = EmitReport(
            emitted: progress.done, elapsed: elapsed, seed: seed, tally: watch?.watcher.tally,
            outstanding: watch?.watcher.outstanding ?? 0)
        try output.printer.print(json: report.json, text: report.text)
    }

    private static func explained(
        _ error: any Error, _ progress: Progress, total: Int, seed: UInt64
    ) -> any Error {
        if let error = error as? CommandError {
            // The payload of a later event.
            return CommandError(
                code: error.code, what: error.what, place: error.place, remedy: error.remedy,
                details: error.details + ["\(progress.done) of \(total.counted("event")) were sent before it"]
            )
        }
        guard let error = error as? SendError else { return error }
        return CommandError.failed(
            "\(progress.done) of \(total.counted("event")) are in Kafka for certain; then sending failed",
            do:
                "correct the reason, and emit again with --seed \(seed): what comes twice is refused as a duplicate",
            details: ["\(error)"])
    }
}
