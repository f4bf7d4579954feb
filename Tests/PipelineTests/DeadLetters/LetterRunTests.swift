import Flow
import Kafka
import Liquid
import Logging
import MockVendor
import Pipeline
import Synchronization
import Testing
import Workers

/// A message, and another app's after it.
private let notify =
    PipelineFixture.notify + """

          - id: sms
            action: tobi/send-sms
            inputs: { phone: "+1", message: "moved up" }
        """

/// The whole way, on the cluster in this process: it has no transactions, so at least once.
@Suite(.serialized) struct LetterRunTests {
    @Test(.timeLimit(.minutes(2)))
    func `runs whose app was broken go on under their ids when it is repaired, once`() async throws {
        let script = "rules:\n  - { action: slack/send-message, answers: [401] }"
        try await PipelineFixture.run(script: script, workflows: notify) { fixture in
            for number in 1...6 { try await fixture.emit("e\(number)", customer: 1 + number % 2) }
            let letters = try await fixture.deadLetters(count: 6)
            _ = try await fixture.runs("end", count: 6)
            fixture.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
            let trial = try await fixture.replay(writes: false)
            #expect(trial.done == 6)
            #expect(fixture.vendor.log.stats.requests == 6, "a trial sends nothing")
            let report = try await fixture.replay()
            #expect(report.matched == 6)
            #expect(report.done == 6)
            let ends = try await fixture.runs("end", count: 12)
            #expect(ends.count { $0["end"] == "rejected" } == 6)
            #expect(ends.count { $0["end"] == "succeeded" } == 6)
            let messages = fixture.vendor.log.entries().filter { $0.action == "slack/send-message" }
            let succeeded = messages.filter(\.isSuccess).map(\.runID)
            #expect(Set(succeeded) == Set(letters.compactMap { $0.actionRun?.description }))
            #expect(succeeded.count == 6)
            // The steps that follow ran, too.
            #expect(fixture.vendor.log.entries().count { $0.action == "tobi/send-sms" && $0.isSuccess } == 6)
            let second = try await fixture.replay()
            #expect(second.done == 0)
            #expect(second.skipsByCount.map(\.reason) == ["it was sent again before"])
            let newest = try await fixture.letters { try await $0.newest(100, LetterFilter()) }
            #expect(newest.count == 6)
            #expect(newest.allSatisfy { $0.state == .replayed && $0.letter.value == nil })
            let unresolved = LetterFixtures.filter { $0.states = LetterState.unresolved }
            #expect(try await fixture.letters { try await $0.newest(100, unresolved) }.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `a key waits behind its dead letter until that is replayed, and then for its copy, or discarded`(
        isReplayed: Bool
    ) async throws {
        let script = "rules:\n  - { action: slack/send-message, answers: [401] }"
        try await PipelineFixture.run(
            script: script, workflows: PipelineFixture.notify, connection: "after_dead_letter: hold"
        ) { fixture in
            for number in 1...4 { try await fixture.emit("e\(number)", customer: 1) }
            try await fixture.emit("other", customer: 2)
            #expect(try await fixture.deadLetters(count: 2).allSatisfy(\.holdsKey))
            let waiting = try await fixture.waiting(count: 5)
            #expect(waiting.count { $0.header(HeaderName.waitsFor) == Hold.deadLetter.text } == 2)
            #expect(fixture.vendor.log.stats.requests == 2, "those behind them are not sent")
            fixture.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
            #expect(try await fixture.pass(isReplayed ? .replay(limit: 3) : .discard).done == 2)
            _ = try await fixture.runs("end", count: isReplayed ? 7 : 5)
            let runs = try await fixture.records(of: fixture.topics.actions("slack"))
                .filter { DecisionRecord($0) == nil }.map { try ActionRun($0) }
                .filter { $0.replay == 0 && $0.properties["text"] == "Customer 1 moved up" }
            #expect(runs.count == 4)
            let sent = fixture.vendor.log.entries().filter(\.isSuccess).map(\.runID)
                .filter { id in runs.contains { $0.id.description == id } }
            #expect(sent == runs.map(\.id.description).suffix(isReplayed ? 4 : 3))
            _ = try await fixture.waiting(count: 0)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what fails again is a letter of its own, until it was sent again as often as allowed`() async throws
    {
        let script = "rules:\n  - { action: slack/send-message, answers: [401] }"
        try await PipelineFixture.run(script: script, workflows: notify) { fixture in
            try await fixture.emit("e1")
            for round in 1...3 {
                let letters = try await fixture.deadLetters(count: round)
                #expect(letters.map(\.replay).sorted() == Array(0..<round))
                #expect(Set(letters.compactMap(\.actionRun)).count == 1)
                let report = try await fixture.replay(limit: 2)
                #expect(report.done == (round < 3 ? 1 : 0))
            }
            let report = try await fixture.replay(limit: 2)
            #expect(
                report.skips["it failed again after 2 replays"]?.count == 1,
                "\(report.skipsByCount.map(\.reason))")
            let again = LetterFixtures.filter { $0.states = [.failedAgain] }
            let found = try await fixture.letters { try await $0.newest(100, again) }
            #expect(found.map(\.letter.replay) == [2])
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `an event that could not be used runs under a new id when it can be`() async throws {
        try await PipelineFixture.run(workflows: notify) { fixture in
            // As a matcher of a version that didn't know the trigger left it.
            let letter = LetterFixtures.letter(LetterFixtures.event("old"))
            let broken = LetterFixtures.letter(LetterFixtures.event("bad", payload: [:]))
            try await fixture.send([letter, broken].map { $0.record(fixture.topics) })
            let report = try await fixture.replay()
            #expect(report.matched == 2)
            #expect(report.done == 1)
            #expect(report.skipsByCount.first?.reason.contains("still unusable") == true)
            _ = try await fixture.runs("end", count: 1)
            let event = try await fixture.runs("event", count: 1)
            #expect(event.first?["event_id"] == "old~r1")
            #expect(try await fixture.replay().done == 0)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a long topic is gone through in batches, at a rate, to its limit, and on from there`() async throws
    {
        try await DeadBench.run { bench in
            let letters = (0..<450).map { LetterFixtures.letter(LetterFixtures.run($0, key: "k\($0)")) }
            try await bench.send(letters.map { $0.record(bench.topics) })
            let first = try await bench.pass(.replay(limit: 3), limit: 250)
            #expect(first.done == 250)
            #expect(first.isCutShort)
            let filter = LetterFixtures.filter { $0.states = LetterState.unresolved }
            #expect(try await bench.read { try await $0.newest(1_000, filter) }.count == 200)
            let began = ContinuousClock.now
            let second = try await bench.pass(.replay(limit: 3), limit: 20, rate: 40)
            #expect(second.done == 20)
            #expect(ContinuousClock.now - began < .seconds(60))
            let third = try await bench.pass(.replay(limit: 3))
            #expect(third.done == 180)
            #expect(!third.isCutShort)
            #expect(third.skips["it was sent again before"]?.count == 270)
            let sent = try await bench.records(of: bench.topics.actions("slack"))
            #expect(sent.count == 450)
            #expect(Set(try sent.map { try ActionRun($0).id }).count == 450)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `discarded letters stay, are not listed as open, and are found by their place`() async throws {
        try await DeadBench.run { bench in
            try await bench.send(
                (0..<4).map { LetterFixtures.letter(LetterFixtures.run($0)).record(bench.topics) })
            let all = try await bench.read { try await $0.newest(10, LetterFilter()) }
            let place = try #require(all.first?.place)
            let filter = LetterFixtures.filter { $0.places = [place] }
            let report = try await bench.pass(.discard, filter)
            #expect(report.done == 1)
            #expect(try await bench.read { try await $0.entry(at: place) }?.state == .discarded)
            #expect(try await bench.read { try await $0.entry(at: place) }?.letter.value != nil)
            let open = LetterFixtures.filter { $0.states = [.open] }
            #expect(try await bench.read { try await $0.newest(10, open) }.count == 3)
            // The record that says so is no letter.
            let said = LetterPlace(partition: place.partition, offset: place.offset + 1)
            let neighbour = try await bench.read { try await $0.entry(at: said) }
            #expect(neighbour == nil || neighbour?.letter.stage == .rejected)
            #expect(try await bench.read { try await $0.newest(10, LetterFilter()) }.count == 4)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what a newer version noted stops who would write, and is no letter`() async throws {
        try await DeadBench.run { bench in
            let letter = LetterFixtures.letter(LetterFixtures.run(1)).record(bench.topics)
            var note = DeadResolution(
                partition: 0, offset: 0, deed: .discarded, store: LetterFixtures.store, time: "", command: ""
            ).record(bench.topics)
            note.headers.append(WireHeader(HeaderName.format, "2"))
            for partition in [Int32(0), 1] {
                var (letter, note) = (letter, note)
                letter.partition = partition
                note.partition = partition
                try await bench.send([letter, note])
            }
            await #expect(throws: LetterReader.UnreadableResolutions.self) {
                try await bench.pass(.replay(limit: 3))
            }
            #expect(try await bench.records(of: bench.topics.actions("slack")).isEmpty)
            #expect(try await bench.read { try await $0.newest(10, LetterFilter()) }.count == 2)
        }
    }
}

extension PipelineFixture {
    /// A pass over all letters.
    func replay(limit: Int = 3, writes: Bool = true) async throws -> LetterReport {
        try await DeadBench(kafka: kafka, logger: logger).pass(.replay(limit: limit), writes: writes)
    }

    func pass(_ deed: LetterPass.Deed) async throws -> LetterReport {
        try await DeadBench(kafka: kafka, logger: logger).pass(deed)
    }

    /// The newest waiting record of each run that waits at Slack, as soon as there are so many.
    func waiting(count: Int) async throws -> [WireRecord] {
        let deadline = ContinuousClock.now + Self.limit
        while true {
            var newest: [[UInt8]: WireRecord] = [:]
            for record in try await records(of: topics.waiting("slack")) {
                if let key = record.key, RunKey(waitingKey: key) != nil { newest[key] = record }
            }
            let waiting = newest.values.filter { $0.value != nil }
            if waiting.count == count { return Array(waiting) }
            try #require(ContinuousClock.now < deadline, "\(waiting.count) run(s) wait, not \(count)")
        }
    }

    func letters<Value: Sendable>(_ body: (LetterReader) async throws -> Value) async throws -> Value {
        try await DeadBench(kafka: kafka, logger: logger).read(body)
    }
}

/// A dead topic of two partitions, and one topic of actions, on a cluster in this process.
struct DeadBench: Sendable {
    let topics = Topics()
    let kafka: KafkaConfiguration
    let logger: Logger
    /// Nil where somebody else keeps it.
    var cluster: MockCluster?

    static func run(_ body: (DeadBench) async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let cluster = try MockCluster()
        let topics = Topics()
        for topic in [topics.dead, topics.actions("slack")] { try cluster.createTopic(topic, partitions: 2) }
        try await body(
            DeadBench(
                kafka: KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), logger: logger,
                cluster: cluster))
    }

    func send(_ records: [WireRecord]) async throws {
        let producer = try Producer(kafka, logger: logger)
        _ = try await producer.send(records.map(\.producerRecord))
        await producer.close(within: .seconds(5))
    }

    func read<Value: Sendable>(_ body: (LetterReader) async throws -> Value) async throws -> Value {
        let reader = try PartitionReader(kafka, logger: logger)
        let value = try await body(LetterReader(topic: topics.dead, reader: reader, partitions: 2))
        await reader.close()
        return value
    }

    func pass(
        _ deed: LetterPass.Deed, _ filter: LetterFilter = LetterFilter(), limit: Int = .max,
        rate: Double? = nil, writes: Bool = true
    ) async throws -> LetterReport {
        let writer = try await LetterWriter(kafka, topics: topics, mode: .atLeastOnce, logger: logger)
        let pass = try LetterFixtures.pass(deed, filter, limit: limit)
        let report = try await read { reader in
            let run = LetterRun(reader, writer: writes ? writer : nil, pass, filter, rate: rate)
            try await run.run(run.parts())
            return run.report
        }
        await writer.close()
        return report
    }

    func records(of topic: String) async throws -> [WireRecord] {
        let reader = try PartitionReader(kafka, logger: logger)
        var records: [WireRecord] = []
        let stretches = (0..<Int32(2)).map {
            PartitionReader.Stretch(TopicPartition(topic: topic, partition: $0), from: 0)
        }
        try await reader.read(stretches, within: .seconds(30)) { records += $0.map { WireRecord($0) } }
        await reader.close()
        return records
    }
}
