import Flow
import Liquid
import Testing

@Suite struct ActionRunRecordTests {
    static let run = ActionRun(
        id: RunID(high: 1, low: 2),
        workflowRun: WorkflowRun(
            id: RunID(high: 3, low: 4), workflow: "welcome", version: 7, store: Fixtures.store,
            event: Fixtures.event().identity),
        action: ActionReference(connector: "slack", handle: "send-message"), stepID: "hello",
        stepPath: "2.then.1",
        properties: ["text": "Hi 🍵", "n": .decimal(2)],
        slip: RoutingSlip(rest: [["path": "3", "step": ["wait": "1h"]]], context: ["trigger": ["a": 1]]),
        orderingKey: "s/welcome/5", replay: 2, traceParent: "00-ab")

    @Test func `what is written is read back`() throws {
        #expect(try ActionRun(Self.run.record(Topics())) == Self.run)
        var plain = Self.run
        plain.slip = .end
        plain.orderingKey = nil
        plain.replay = 0
        plain.traceParent = nil
        #expect(try ActionRun(plain.record(Topics())) == plain)
    }

    @Test func `what a sender routes and orders by stands in headers`() {
        let record = Self.run.record(Topics(prefix: "x"), delay: .microseconds(1_500_001))
        #expect(record.topic == "x.actions.slack")
        #expect(record.keyText == "s/welcome/5")
        #expect(record.header("ce_id") == Self.run.id.description)
        #expect(record.header("ce_type") == "slack.send-message")
        #expect(record.header("sluice_store") == Fixtures.store)
        #expect(record.header("sluice_ordering_key") == "s/welcome/5")
        #expect(record.header("sluice_replay") == "2")
        #expect(record.header("sluice_delay_ms") == "1501")
        #expect(Self.run.record(Topics()).header("sluice_delay_ms") == nil)
    }

    @Test func `an unordered run spreads by its own id`() {
        var run = Self.run
        run.orderingKey = nil
        #expect(run.record(Topics()).keyText == "\(Fixtures.store)/\(run.id)")
    }

    @Test(arguments: [
        "action_run_id", "workflow_run_id", "workflow", "version", "event_id", "source", "trigger", "store",
        "action",
        "step", "path", "properties",
    ])
    func `a record that lacks a part, or has a wrong one, is unusable`(part: String) {
        var record = Self.run.record(Topics())
        for wrong in [nil, JSON.bool(true)] {
            var members = Self.run.value.objectValue ?? [:]
            members[part] = wrong
            record.value = JSON.object(members).jsonBytes
            let refusal = #expect(throws: UnusableRecord.self) { try ActionRun(record) }
            #expect(refusal?.reason == "the action run lacks a part or one is of the wrong type")
            #expect(refusal?.store == Fixtures.store)
        }
    }

    @Test func `another format and broken bytes are unusable`() {
        var record = Self.run.record(Topics())
        record.headers.append(WireHeader("sluice_format", "2"))
        #expect(
            #expect(throws: UnusableRecord.self) { try ActionRun(record) }?.reason
                == "the record's format is 2, this version reads 1")
        record = Self.run.record(Topics())
        record.value = nil
        #expect(throws: UnusableRecord.self) { try ActionRun(record) }
        record.value = [0x7B]
        #expect(
            #expect(throws: UnusableRecord.self) { try ActionRun(record) }?.reason.hasPrefix(
                "the action run is not JSON") == true)
    }
}
