import Flow
import Kafka
import Liquid
import Logging
import Pipeline
import TestSupport
import Testing

/// `dead` as a program, against a broker within this process, which has no transactions.
@Suite(.timeLimit(.minutes(5))) struct DeadProgramTests {
    private static let store = "a.b"

    private static func cluster(letters: UInt64) async throws -> MockCluster {
        let (cluster, topics) = (try MockCluster(), Topics())
        for topic in [topics.dead, topics.actions("slack")] { try cluster.createTopic(topic, partitions: 1) }
        let producer = try Producer(
            KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), logger: Logger(label: "test"))
        let records = (0..<letters).map { letter($0).record(topics).producerRecord }
        _ = try await producer.send(records)
        await producer.close(within: .seconds(5))
        return cluster
    }

    private static func letter(_ number: UInt64) -> DeadLetter {
        let event = EventIdentity(
            source: "loyaltylion", store: store, id: "e\(number)",
            trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
        let run = ActionRun(
            id: RunID(high: 0x8000, low: number),
            workflowRun: WorkflowRun(
                id: RunID(high: 0x8001, low: number), workflow: "w", version: 1, store: store, event: event),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: ["channel": "#vip", "text": "Hi"], slip: .end, orderingKey: "k",
            traceParent: nil)
        let record = run.record(Topics())
        return DeadLetter(
            connector: "slack", stage: .rejected, reason: "HTTP 40\(number % 3): no", store: store,
            place: RecordPlace(topic: record.topic, partition: 0, offset: Int64(number)),
            time: "2026-11-25T12:00:00Z", actionRun: run.id, headers: record.headers, value: record.value)
    }

    private static func dead(_ arguments: [String], _ cluster: MockCluster) async throws -> Program {
        try await Program.run(
            ["dead"] + arguments + ["--bootstrap-servers", cluster.bootstrapServers],
            environment: ["SLUICE_DELIVERY": "at-least-once"])
    }

    private static func json(_ program: Program) throws -> JSON {
        try JSONParser.parse(Array(program.text.utf8))
    }

    @Test func `letters are counted, tried, sent in parts, discarded, and then none is open`() async throws {
        let cluster = try await Self.cluster(letters: 9)
        let histogram = try await Self.dead(
            ["histogram", "--by", "reason,stage", "--output", "json"], cluster)
        #expect(histogram.status == .code(0), "\(histogram)")
        let groups = try Self.json(histogram)["groups"]?.arrayValue ?? []
        #expect(
            Set(groups.compactMap { $0["reason"]?.stringValue }) == [
                "HTTP 400: no", "HTTP 401: no", "HTTP 402: no",
            ])
        #expect(groups.map { $0["open"] } == [3, 3, 3])

        let trial = try await Self.dead(["replay", "--reason", "http 401", "--dry-run"], cluster)
        #expect(trial.status == .code(0), "\(trial)")
        #expect(trial.output.first?.hasPrefix("PLACE") == true)
        #expect(trial.output.last == "3 matched, 3 would be replayed, 0 skipped")

        let part = try await Self.dead(
            ["replay", "--reason", "http 401", "--max", "2", "--output", "json"], cluster)
        #expect(part.status == .code(0), "\(part)")
        let report = try Self.json(part)
        #expect(report["replayed"] == 2)
        #expect(report["cut_short"] == true)
        #expect(report["dry_run"] == false)
        #expect(report["command"]?.stringValue?.hasPrefix("replay-") == true)

        let rest = try await Self.dead(["replay", "--all", "--max-replays", "1"], cluster)
        #expect(
            rest.output == [
                "9 matched, 7 replayed, 2 skipped", "  2 skipped: it was sent again before (0/1 0/4)",
            ])
        let nothing = try await Self.dead(["discard", "0/2", "--yes"], cluster)
        #expect(nothing.output.first == "1 matched, 0 discarded, 1 skipped")
        let list = try await Self.dead(["list"], cluster)
        #expect(list.output == ["no dead letters"])
        let any = try await Self.dead(["list", "--state", "any", "--output", "json"], cluster)
        #expect(try Self.json(any).arrayValue?.count == 9)
        #expect(try Self.json(any).arrayValue?.allSatisfy { $0["state"] == "replayed" } == true)
        let show = try await Self.dead(["show", RunID(high: 0x8000, low: 3).description], cluster)
        #expect(show.text.contains("replayed"))
    }

    @Test func `a place without a letter is a failure, whatever became of the others`() async throws {
        let cluster = try await Self.cluster(letters: 2)
        let program = try await Self.dead(["replay", "0/1", "0/99", "7/0"], cluster)
        #expect(program.status == .code(1))
        #expect(program.output.first == "1 matched, 1 replayed, 0 skipped")
        #expect(program.errors.first == "sluice: there is no dead letter at 0/99, 7/0")
        let filtered = try await Self.dead(["replay", "0/0", "--connector", "trello"], cluster)
        #expect(filtered.status == .code(0), "it is there, and the filter leaves it out: \(filtered)")
    }

    @Test func `discard does it with --yes, and replay leaves those letters out`() async throws {
        let cluster = try await Self.cluster(letters: 4)
        let done = try await Self.dead(["discard", "--store", Self.store, "--max", "3", "--yes"], cluster)
        #expect(
            done.output == [
                "3 matched, 3 discarded, 0 skipped",
                "more would have fitted than --max lets through; the rest is as it was",
            ])
        let replay = try await Self.dead(["replay", "--all"], cluster)
        #expect(
            replay.output == [
                "4 matched, 1 replayed, 3 skipped", "  3 skipped: it was discarded (0/0 0/1 0/2)",
            ])
    }

    @Test(arguments: [
        (["replay"], "no filter chooses letters"), (["discard", "--yes"], "no filter chooses letters"),
        (["discard", "--all"], "discard wants --yes"), (["replay", "7"], "is no place"),
        (["replay", "--all", "--rate", "0"], "--rate is 0"),
        (["replay", "--all", "--max", "0"], "--max is 0"),
        (["replay", "--all", "--max-replays", "0"], "--max-replays is 0"),
    ])
    func `wrong use ends with 2 before Kafka is asked`(arguments: [String], text: String) async throws {
        let program = try await Program.run(
            ["dead"] + arguments + ["--bootstrap-servers", "127.0.0.1:1"])
        #expect(program.status == .code(2))
        #expect(program.errors.joined(separator: "\n").contains(text), "\(program.errors)")
        #expect(program.output.isEmpty)
    }
}
