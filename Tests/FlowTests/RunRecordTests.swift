import Flow
import Liquid
import Testing

@Suite struct RunRecordTests {
    private static let event = EventIdentity(
        source: "loyaltylion", store: "tea-house.myshopify.com", id: "e-1",
        trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
    private static let run = WorkflowRun(
        id: RunID(high: 1, low: 2), workflow: "vip", version: 3, store: event.store, event: event)
    private static let place = RecordPlace(topic: "sluice.triggers.loyaltylion", partition: 4, offset: 5)

    private static func attempt(reason: String?, delay: Duration?, end: RunEnd?, replay: Int) -> RunRecord {
        let action = ActionRun(
            id: RunID(high: 7, low: 8), workflowRun: run,
            action: ActionReference(connector: "slack", handle: "send"),
            stepID: "tell", stepPath: "0", properties: [:], slip: .end, orderingKey: nil, replay: replay)
        return .attempt(
            .init(
                run: action, attempt: 2, outcome: "retry", reason: reason, duration: .milliseconds(12),
                delay: delay,
                end: end))
    }

    static let records: [RunRecord] = [
        .event(.init(event: event, place: place)),
        .event(.init(event: event, place: place, refused: "duplicate")),
        .event(
            .init(
                event: event, place: place, started: [.init(run: run.id, workflow: "vip", version: 3)],
                skipped: [
                    .init(workflow: "a", version: 1, reason: .connectorNotInstalled("klaviyo")),
                    .init(workflow: "b", version: 1, reason: .workflowDisabled),
                    .init(workflow: "c", version: 1, reason: .sluiceNotInstalled),
                    .init(workflow: "d", version: 9, reason: .conditionsNotMet),
                ])),
        attempt(reason: nil, delay: nil, end: .succeeded, replay: 0),
        attempt(reason: "503 from the app", delay: .seconds(5), end: nil, replay: 2),
        .end(.init(run: run, end: .succeeded, reason: nil)),
        .end(.init(run: run, end: .dead, reason: "gave up")),
    ]

    @Test(arguments: records)
    func `what is written is read back`(record: RunRecord) throws {
        let value = try JSONParser.parse(record.record(Topics()).value ?? [])
        #expect(RunRecord(value: value) == record)
    }

    @Test(arguments: records)
    func `a record that lacks a required part is none`(record: RunRecord) throws {
        let members = try #require(record.value.objectValue)
        let optional: Set<String> = ["reason", "delay_ms", "end", "replay", "refused"]
        let isEnd = members["record"] == "end"
        for name in members.keys where !optional.contains(name) || (isEnd && name == "end") {
            var lacking = members
            lacking[name] = nil
            #expect(RunRecord(value: .object(lacking)) == nil, "without \(name)")
        }
    }

    @Test func `unknown words are not guessed`() {
        #expect(RunRecord(value: ["record": "other"]) == nil)
        #expect(RunRecord(value: .null) == nil)
        #expect(SkipReason("connector-not-installed ()") == nil)
        #expect(SkipReason("something-new") == nil)
    }
}
