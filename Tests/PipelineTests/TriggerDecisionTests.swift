import Connectors
import Flow
import Kafka
import Liquid
import Pipeline
import Testing
import Workers

@Suite struct TriggerDecisionTests {
    private static let topics = Topics()
    private static let store = "tea-house.myshopify.com"
    private static let partitions = 8

    /// The store's own partition, and one that is not.
    private static let home = KeyPartitioner.partition(of: Array(store.utf8), count: partitions)
    private static let away = (home + 1) % Int32(partitions)

    private struct Bench {
        let catalogue: Catalogue
        let directory: Directory
        var window = DuplicateWindow<RunID>(countLimit: 100)
        let payload: JSON

        init() throws {
            catalogue = try Catalogue.builtIn()
            var directory = Directory()
            for (kind, id, yaml) in [
                (RegistryEntry.Kind.store, store, "domain: \(store)\napps: [loyaltylion, slack]"),
                (
                    .workflow, "w",
                    "id: w\nstore: \(store)\ntrigger: loyaltylion/moved-up-tier\n"
                        + "steps: [{wait: 5s}, {action: slack/send-message}]"
                ),
            ] {
                let body = try #require(try DocumentNode.parse(yaml: yaml).first).value
                directory.apply(RegistryEntry(kind: kind, id: id, version: 1, nonce: "n", body: body))
            }
            self.directory = directory
            let trigger = try #require(
                catalogue.trigger(TriggerReference(connector: "loyaltylion", handle: "moved-up-tier")))
            var generator = SeededGenerator(seed: 1)
            payload = SamplePayload.make(
                for: trigger, types: catalogue["loyaltylion"]?.types ?? [:], using: &generator,
                at: "2026-11-23T12:00:00Z")
        }

        func wire(_ id: String = "e1", store: String = TriggerDecisionTests.store) -> WireRecord {
            let trigger = TriggerReference(connector: "loyaltylion", handle: "moved-up-tier")
            return TriggerEvent(
                identity: EventIdentity(source: "loyaltylion", store: store, id: id, trigger: trigger),
                payload: payload
            ).record(topics)
        }

        mutating func decide(_ wire: WireRecord, partition: Int32? = nil, limit: Int = 50_000)
            -> TriggerDecision
        {
            let home = KeyPartitioner.partition(of: wire.key ?? [], count: partitions)
            let record = ConsumedRecord(
                topicPartition: TopicPartition(topic: wire.topic, partition: partition ?? home), offset: 17,
                timestamp: 1000, timestampKind: .append, key: wire.key, value: wire.value,
                headers: wire.headers.map { RecordHeader(name: $0.name, value: $0.value) })
            return TriggerDecision(
                for: record, connector: "loyaltylion", partitionCount: partitions, window: &window,
                directory: directory, catalogue: catalogue, topics: topics, payloadLimit: limit,
                time: "2026-11-23T12:00:00Z", now: 2000)
        }
    }

    private func report(_ record: WireRecord?) throws -> JSON {
        try JSONParser.parse(try #require(record?.value))
    }

    @Test func `a matched event's actions come before its report`() throws {
        var bench = try Bench()
        let decision = bench.decide(bench.wire())
        #expect(decision.kind == .matched)
        #expect(decision.records.map(\.topic) == ["sluice.actions.slack", "sluice.runs"])
        #expect(decision.records.first?.header(HeaderName.delay) == "5000")
        let report = try report(decision.records.last)
        #expect(report["started"]?.arrayValue?.count == 1)
        #expect(report["offset"] == 17)
    }

    @Test func `the same event again runs nothing and is recorded as a duplicate`() throws {
        var bench = try Bench()
        _ = bench.decide(bench.wire())
        let again = bench.decide(bench.wire())
        #expect(again.kind == .duplicate)
        #expect(again.records.map(\.topic) == ["sluice.runs"])
        #expect(try report(again.records.first)["refused"] == "duplicate")
        #expect(bench.decide(bench.wire("e2")).kind == .matched)
    }

    @Test func `events of other stores with the same id are no duplicates`() throws {
        var bench = try Bench()
        _ = bench.decide(bench.wire())
        let other = bench.decide(bench.wire(store: "other.myshopify.com"))
        #expect(other.kind == .unmatched)
        #expect(try report(other.records.first)["refused"] == "unknown-store")
    }

    @Test func `a record in another partition than its store's is moved there as it is, once at most`() throws
    {
        var bench = try Bench()
        let wire = bench.wire()
        let decision = bench.decide(wire, partition: Self.away)
        #expect(decision.kind == .moved)
        let moved = try #require(decision.records.first)
        #expect(decision.records.count == 1)
        #expect(moved.topic == wire.topic)
        #expect(moved.partition == Self.home)
        #expect(moved.key == wire.key && moved.value == wire.value)
        #expect(moved.headers.starts(with: wire.headers))
        #expect(bench.decide(moved).kind == .matched)
        // The topic got more partitions meanwhile: it is used where it lies.
        var again = try Bench()
        #expect(again.decide(moved, partition: Self.away).kind == .matched)
    }

    @Test func `a moved record does not count as seen before it is used`() throws {
        var bench = try Bench()
        #expect(bench.decide(bench.wire(), partition: Self.away).kind == .moved)
        #expect(bench.decide(bench.wire(), partition: Self.home).kind == .matched)
    }

    @Test func `a record without a key is moved by its subject`() throws {
        var bench = try Bench()
        var wire = bench.wire()
        wire.key = nil
        wire.headers.append(WireHeader(HeaderName.subject, Self.store))
        let decision = bench.decide(wire, partition: Self.away)
        #expect(decision.kind == .moved)
        #expect(decision.records.first?.partition == Self.home)
    }

    static let dead: [(@Sendable (inout WireRecord) -> Void, String)] = [
        ({ $0.headers.removeAll { $0.name == HeaderName.id } }, "the CloudEvents attribute id is missing"),
        ({ $0.value = nil }, "the record has no value"),
        ({ $0.value = Array("{".utf8) }, "the payload is not JSON at byte 1"),
        ({ $0.value = Array("{}".utf8) }, "customer_id"),
        (
            { $0.headers.append(WireHeader(HeaderName.type, "loyaltylion.gone")) },
            "loyaltylion has no trigger gone; it has "
        ),
        (
            { $0.headers.append(WireHeader(HeaderName.source, "klaviyo")) },
            "the source klaviyo does not belong"
        ),
        (
            { $0.headers.append(WireHeader(HeaderName.subject, "x")) },
            "the key names another store than ce_subject"
        ),
    ]

    @Test(arguments: 0..<dead.count) func `what can't be used is dead with its reason and its original bytes`(
        row: Int
    ) throws {
        let (damage, reason) = Self.dead[row]
        var bench = try Bench()
        var wire = bench.wire()
        damage(&wire)
        let decision = bench.decide(wire)
        #expect(decision.kind == .dead)
        #expect(decision.records.count == 1)
        let letter = try #require(decision.records.first.flatMap { DeadLetter($0) })
        #expect(letter.reason.contains(reason), "\(letter.reason)")
        #expect(letter.stage == .trigger)
        #expect(letter.connector == "loyaltylion")
        #expect(letter.store == Self.store)
        #expect(letter.place == RecordPlace(topic: wire.topic, partition: Self.home, offset: 17))
        #expect(letter.value == wire.value)
        #expect(letter.headers == wire.headers)
    }

    @Test func `a dead record does not use up its id`() throws {
        var bench = try Bench()
        #expect(bench.decide(bench.wire(), limit: 1).kind == .dead)
        #expect(bench.decide(bench.wire()).kind == .matched)
    }
}
