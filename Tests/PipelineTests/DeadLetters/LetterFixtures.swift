import Connectors
import Flow
import Liquid
import Pipeline
import Testing

/// Dead letters as matchers and senders write them.
enum LetterFixtures {
    static let topics = Topics()
    static let store = "tea-house.myshopify.com"
    static let time = "2026-11-25T12:00:00Z"

    /// Read once: it takes longer than all else here.
    private static let catalogue = Result { try Catalogue.builtIn() }

    static func rules() throws -> LetterReplay.Rules {
        LetterReplay.Rules(topics: topics, catalogue: try catalogue.get())
    }

    static func run(_ number: UInt64, key: String? = "k", replay: Int = 0) -> ActionRun {
        let event = EventIdentity(
            source: "loyaltylion", store: store, id: "e\(number)",
            trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
        return ActionRun(
            id: RunID(high: 0x8000, low: number),
            workflowRun: WorkflowRun(
                id: RunID(high: 0x8001, low: number), workflow: "w", version: 1, store: store, event: event),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: ["channel": "#vip", "text": "Hi"], slip: .end, orderingKey: key,
            replay: replay, traceParent: "00-ab")
    }

    /// Of a run that failed for good.
    static func letter(
        _ run: ActionRun, _ stage: DeadLetter.Stage = .rejected, reason: String = "HTTP 401: no such key"
    ) -> DeadLetter {
        let record = run.record(topics)
        return DeadLetter(
            connector: "slack", stage: stage, reason: reason, store: store,
            place: RecordPlace(topic: record.topic, partition: 1, offset: 7), time: time,
            actionRun: run.id, headers: record.headers, value: record.value)
    }

    static func event(_ id: String, payload: JSON = ["customer_id": 1, "tierName": "Gold"]) -> WireRecord {
        TriggerEvent(
            identity: EventIdentity(
                source: "loyaltylion", store: store, id: id,
                trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier")),
            payload: payload
        ).record(topics)
    }

    static func letter(_ record: WireRecord, reason: String = "unknown trigger") -> DeadLetter {
        DeadLetter(
            connector: "loyaltylion", stage: .trigger, reason: reason, store: store,
            place: RecordPlace(topic: record.topic, partition: 1, offset: 7), time: time, actionRun: nil,
            headers: record.headers, value: record.value)
    }

    static func entry(
        _ letter: DeadLetter, _ offset: Int64 = 4, timestamp: Int64 = 5_000, state: LetterState? = nil
    ) -> DeadEntry {
        DeadEntry(
            place: LetterPlace(partition: 3, offset: offset), timestamp: timestamp, letter: letter,
            state: state)
    }

    static func filter(_ change: (inout LetterFilter) -> Void) -> LetterFilter {
        var filter = LetterFilter()
        change(&filter)
        return filter
    }

    static func pass(
        _ deed: LetterPass.Deed = .replay(limit: 3), _ filter: LetterFilter = LetterFilter(),
        limit: Int = .max
    ) throws -> LetterPass {
        LetterPass(filter, deed, try rules(), limit: limit, command: "test-1", time: { time })
    }
}
