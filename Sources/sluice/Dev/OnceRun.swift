import Flow
import Kafka
import Liquid
import Pipeline
import Registry

/// `sluice dev --once`: emits events, follows them to the end, prints what came of them by connector.
struct OnceRun {
    let house: DevHouse
    let events: [TriggerEvent]
    let limit: Duration
    let output: OutputOptions

    func run() async throws {
        let began = ContinuousClock.now
        let watcher = try RunWatcher(kafka: house.kafka, topics: house.topics, logger: house.logger)
        try await watcher.begin()
        watcher.expect(events.map(\.identity))
        try output.printer.say("Emitting \(events.count.counted("event")): every trigger for every store …")
        let producer = try Producer(house.kafka, logger: house.logger)
        _ = try await producer.send(events.map { $0.record(house.topics).producerRecord })
        try await follow(watcher, until: began + limit)
        await producer.close(within: .seconds(2))
        let tally = watcher.tally
        let open = watcher.examples().map {
            "\($0.event.trigger) of \($0.event.store): \($0.standing.text)"
        }
        await watcher.close()
        let report = OnceReport(
            catalogue: house.reader.catalogue, tally: tally, outstanding: watcher.outstanding,
            took: .now - began)
        try output.printer.print(json: report.json, text: report.text)
        if let shortfall = report.shortfall { throw CommandError.failed(shortfall, details: open) }
    }

    private func follow(_ watcher: RunWatcher, until deadline: ContinuousClock.Instant) async throws {
        var shown = -1
        while watcher.outstanding > 0, ContinuousClock.now < deadline {
            guard try await watcher.next(within: .seconds(1)) != nil else { return }
            let tenths = (events.count - watcher.outstanding) * 10 / max(events.count, 1)
            guard tenths > shown else { continue }
            shown = tenths
            let tally = watcher.tally.total
            try output.printer.say(
                "  \(events.count - watcher.outstanding) of \(events.count.counted("event")) settled, "
                    + "\(tally.delivered.counted("action")) delivered, \(tally.retries.counted("retry", "retries"))"
            )
        }
    }
}
