import Flow
import Kafka
import Liquid
import Logging
import Pipeline
import TestSupport
import Testing

/// The watcher on the in-process cluster.
@Suite struct RunWatcherTests {
    private let topics = Topics(prefix: "w")
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func event(_ id: String) -> EventIdentity {
        EventIdentity(
            source: "okendo", store: "store-\(id)", id: id,
            trigger: TriggerReference(connector: "okendo", handle: "review"))
    }

    private func report(_ event: EventIdentity) -> ProducerRecord {
        let place = RecordPlace(topic: "t", partition: 0, offset: 0)
        return RunRecord.event(.init(event: event, place: place, refused: "duplicate")).record(topics)
            .producerRecord
    }

    private func letter(_ event: EventIdentity) -> ProducerRecord {
        DeadLetter(
            connector: event.source, stage: .trigger, reason: "bad", store: event.store,
            place: RecordPlace(topic: "t", partition: 0, offset: 0), time: "2026-11-24T09:30:00Z",
            actionRun: nil,
            headers: [WireHeader(HeaderName.id, event.id)], value: nil
        ).record(topics).producerRecord
    }

    @Test(.timeLimit(.minutes(1)))
    func `what came before the beginning is not seen, all that comes after is`() async throws {
        let cluster = try MockCluster()
        for topic in [topics.runs, topics.dead] { try cluster.createTopic(topic, partitions: 3) }
        let kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        let producer = try Producer(kafka, logger: logger)
        let events = (0..<20).map { event("\($0)") }
        _ = try await producer.send(events.map(report))

        let watcher = try RunWatcher(kafka: kafka, topics: topics, logger: logger)
        try await watcher.begin()
        watcher.expect(events)
        _ = try await producer.send(events.dropLast().map(report) + [letter(event("19"))])
        var news: [RunNews] = []
        while watcher.outstanding > 0 {
            news += try #require(try await watcher.next(within: .seconds(10)))
        }
        #expect(news.count == 20)
        #expect(news.contains(.unusable(event("19"), reason: "bad")))
        #expect((watcher.tally.total.refused, watcher.tally.total.unusable) == (19, 1))
        await watcher.room(below: 1)
        await watcher.close()
        await producer.close(within: .seconds(1))
    }

    @Test(.timeLimit(.minutes(1)))
    func `missing topics are named`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic(topics.runs, partitions: 1)
        let watcher = try RunWatcher(
            kafka: KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), topics: topics,
            logger: logger)
        let error = await #expect(throws: MissingTopics.self) { try await watcher.begin() }
        #expect(error?.names == [topics.dead])
        await watcher.close()
    }
}
