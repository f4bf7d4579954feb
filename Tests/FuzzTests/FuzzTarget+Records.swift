import Flow
import Kafka
import Liquid
import Workers

@testable import Pipeline
@testable import Registry

extension FuzzTarget {
    static let records = [
        json, event, action, waiting, startNote, decision, run, dead, settledMap, registry,
    ]

    private static let topics = Topics()
    private static let store = "tea-house.myshopify.com"
    private static let identity = EventIdentity(
        source: "loyaltylion", store: store, id: "e-1",
        trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
    private static let workflowRun = WorkflowRun(
        id: RunID(high: 1, low: 2), workflow: "loyalty", version: 3, store: store, event: identity)
    private static let payload: JSON = [
        "customer_id": .integer(42), "tierName": "Gold", "tags": ["a", .null, 1.5, true],
        "note": "a \"quoted\" café 🍵",
    ]

    private static func actionRun(_ slip: RoutingSlip = .end, key: String? = "k", replay: Int = 0)
        -> ActionRun
    {
        ActionRun(
            id: RunID(high: 3, low: 4), workflowRun: workflowRun,
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: ["channel": "#vip", "text": "Hi 🍵"], slip: slip, orderingKey: key,
            replay: replay, traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }

    private static let slip = RoutingSlip(
        rest: [
            [
                "path": "1",
                "step": [
                    "id": "card", "action": "trello/create-card",
                    "inputs": ["name": "{{ trigger.tierName }}", "description": "{{ steps.message.ts }}"],
                ],
            ],
            ["path": "2", "step": ["wait": "2h"]],
            [
                "path": "3",
                "step": [
                    "if": ["field": "trigger.tierName", "is": "==", "value": "Gold"],
                    "then": [["id": "b", "action": "slack/send-message", "inputs": ["text": "x"]]],
                ],
            ],
        ], context: ["trigger": payload, "store": ["domain": .string(store)], "steps": .object([:])])

    private static let json = FuzzTarget(
        name: "json",
        samples: [
            FuzzInput(
                #"{"order_id":1234567890123,"note":"a \"quoted\" caf\u00e9 \ud83c\udf75","tags":["x",null,true]}"#
            ),
            FuzzInput(#"[[[[{"a":[{}]}]]], -0.5e-7, 1e10, "\\\/\b\f\n\r\t"]"#),
            FuzzInput("  {\"customer_id\" : 1 , \"total\": 10.50,\n\"empty\": {} , \"list\":[ ]}\t"),
        ]
    ) { input in
        guard let value = try? JSONParser.parse(input.bytes) else { return false }
        try expectSame(try? JSONParser.parse(value.jsonBytes), value, "JSON")
        return true
    }

    private static let event = FuzzTarget(
        name: "event",
        samples: [
            FuzzInput(
                TriggerEvent(
                    identity: identity, payload: payload, time: "2026-11-24T09:30:00Z",
                    traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                ).record(topics)),
            FuzzInput(
                WireRecord(
                    topic: "", key: nil,
                    value: Array(
                        #"{"specversion":"1.0","id":"e-2","source":"loyaltylion","type":"loyaltylion.moved-up-tier","subject":"tea-house.myshopify.com","time":"2026-11-24T09:30:00Z","data":{"customer_id":1,"tierName":"Gold"}}"#
                            .utf8),
                    headers: [WireHeader(HeaderName.contentType, "application/cloudevents+json")])),
        ]
    ) { input in
        guard let event = try? TriggerEvent(input.record, connector: "loyaltylion") else { return false }
        // Written anew a payload may be longer than it was.
        let again = try? TriggerEvent(
            event.record(topics), connector: "loyaltylion", payloadLimit: .max)
        try expectSame(again, event, "an event")
        return true
    }

    private static let action = FuzzTarget(
        name: "action",
        samples: [
            FuzzInput(actionRun().record(topics)),
            FuzzInput(actionRun(slip, key: nil, replay: 2).record(topics, delay: .seconds(90))),
        ]
    ) { input in
        _ = QueuedRun(action: input.record, position: 7)
        guard let run = try? ActionRun(input.record) else { return false }
        try expectSame(try? ActionRun(run.record(topics)), run, "an action run")
        _ = run.slip.next(after: run.stepID, returned: ["ts": "1"])
        return true
    }

    private static func parked(_ cause: WaitCause, delay: Duration?, replay: Int = 0) -> FuzzInput {
        let run = actionRun(slip, replay: replay)
        let queued = QueuedRun(
            key: RunKey(id: run.id, replay: replay), position: 12, orderingKey: "k", store: store,
            attempts: 3,
            age: 65_000, firstAttempt: 1_764_000_000_000, record: run.record(topics))
        let record = ParkedRun(run: queued, cause: cause, delay: delay, stamp: 1).record(
            topic: "waiting", partition: 0)
        return record.map { FuzzInput($0) } ?? FuzzInput(parts: [])
    }

    /// Read, put into a queue, sent and parked again: whatever numbers its headers hold.
    private static let waiting = FuzzTarget(
        name: "waiting",
        samples: [
            parked(.retry, delay: .seconds(5)), parked(.behind, delay: nil),
            parked(.wait, delay: .seconds(7_200), replay: 3), parked(.lane(nil), delay: nil),
            parked(.lane(.limit("slack token")), delay: nil),
            parked(.lane(.circuit("https://a")), delay: nil),
            parked(.held(.pause("connector:slack")), delay: nil), parked(.held(.decision), delay: nil),
            parked(.held(.connection(connector: "slack", store: store)), delay: nil),
        ]
    ) { input in
        let record = input.record
        if let key = RunKey(waitingKey: record.key) {
            try expectSame(key.waitingKey, record.key ?? [], "a waiting key")
        }
        guard let note = WaitingNote(record) else { return false }
        var queue = PartitionQueue(ledger: OffsetLedger(start: .max))
        let left = note.delay.map {
            WaitingDelay.remaining(of: $0, since: 1_764_000_000_000, now: 1_764_000_001_000)
        }
        queue.restore(note.run.beforeAll, cause: note.cause, offset: 3, dueIn: left, now: .zero)
        queue.restored(now: .zero)
        queue.release(now: .seconds(Int64.max))
        queue.releaseHeld { _ in true }
        for lane in Array(queue.lanes) { _ = queue.release(lane, 10) }
        for (key, _) in queue.takeReady() {
            guard let run = queue.start(key) else { continue }
            let effects = queue.finish(key, .again(after: .seconds(3_600)), spent: .seconds(10), at: 0)
            guard case .park(let parked)? = effects.first,
                let written = parked.record(topic: "w", partition: 0),
                let again = WaitingNote(written)
            else { throw FuzzViolation("a run that failed is not parked: \(run)") }
            try expectSame(again.run.key, note.run.key, "a waiting record's key")
            let count = min(run.attempts + 1, Int(Int32.max))
            try expectSame(again.run.attempts, count, "the count of attempts")
            return true
        }
        throw FuzzViolation("a run that was put back never goes: \(note)")
    }

    private static let startNote: FuzzTarget = {
        let doubt = RunRecord.attempt(
            .init(
                run: actionRun(), attempt: 2, outcome: "in-doubt", reason: nil, duration: .zero, delay: nil,
                end: nil))
        var note = StartNote(
            run: RunKey(id: RunID(high: 3, low: 4), replay: 1), store: store, position: 12, policy: .ask,
            doubt: doubt, lookUpDelay: .seconds(60))
        note.isNamed = true
        let samples = [nil, Decision.send].map { decision in
            var note = note
            note.decision = decision
            return FuzzInput(note.record(topic: "w", partition: 0))
        }
        return FuzzTarget(name: "start note", samples: samples) { input in
            guard let note = StartNote(input.record) else { return false }
            try expectSame(StartNote(note.record(topic: "w", partition: 0)), note, "a start note")
            return true
        }
    }()

    private static let decision = FuzzTarget(
        name: "decision",
        samples: [
            FuzzInput(
                DecisionRecord(key: RunKey(id: RunID(high: 3, low: 4), replay: 1), decision: .skip).record(
                    topic: "a", partition: 0))
        ]
    ) { input in
        guard let record = DecisionRecord(input.record) else { return false }
        try expectSame(DecisionRecord(record.record(topic: "a", partition: 0)), record, "a decision")
        return true
    }

    private static let run = FuzzTarget(
        name: "run",
        samples: [
            RunRecord.event(
                .init(
                    event: identity, place: RecordPlace(topic: "t", partition: 1, offset: 2),
                    started: [.init(run: workflowRun.id, workflow: "vip", version: 3)],
                    skipped: [.init(workflow: "a", version: 1, reason: .connectorNotInstalled("klaviyo"))])),
            .attempt(
                .init(
                    run: actionRun(replay: 2), attempt: 2, outcome: "retry", reason: "503",
                    duration: .seconds(1),
                    delay: .seconds(5), end: nil)),
            .end(.init(run: workflowRun, end: .dead, reason: "gave up")),
        ].map { FuzzInput(parts: [$0.value.jsonBytes]) }
    ) { input in
        guard let value = try? JSONParser.parse(input.bytes), let record = RunRecord(value: value) else {
            return false
        }
        try expectSame(RunRecord(value: record.value), record, "a run record")
        return true
    }

    private static let dead = FuzzTarget(
        name: "dead",
        samples: [
            FuzzInput(
                DeadLetter(
                    connector: "slack", stage: .exhausted, reason: "HTTP 503: down",
                    store: store, place: RecordPlace(topic: "t", partition: 1, offset: 2),
                    time: "2026-11-24T09:30:00Z", actionRun: RunID(high: 3, low: 4),
                    headers: actionRun().record(topics).headers, value: Array("{}".utf8)
                ).record(topics)),
            FuzzInput(
                DeadResolution(
                    partition: 1, offset: 2, deed: .replayed(count: 1, as: "x/1"), store: store,
                    time: "2026-11-24T09:30:00Z", command: "c"
                ).record(topics)),
        ]
    ) { input in
        switch DeadResolution.read(input.record) {
        case .letter(let letter):
            try expectSame(DeadLetter(letter.record(topics)), letter, "a dead letter")
            _ = ReasonPattern.of(letter.reason)
        case .resolution(let resolution):
            try expectSame(
                DeadResolution.read(resolution.record(topics)), .resolution(resolution), "a resolution")
        case .unreadable, .stranger: return false
        }
        return true
    }

    private static let settledMap: FuzzTarget = {
        var (few, many) = (SettledMap(), SettledMap())
        few.append(105...110)
        few.append(1_000_000...1_000_007)
        for offset in 0..<2_000 { many.append(Int64(102 + 3 * offset)...Int64(102 + 3 * offset)) }
        return FuzzTarget(
            name: "settled map",
            samples: [few, many].flatMap { map in
                [nil, 77].map { FuzzInput(map.metadata(frontier: 100, floor: $0) ?? "", "100") }
            }
        ) { input in
            // A committed offset: never negative.
            let frontier = max(0, Int64(input.text(1)) ?? 100)
            let map = SettledMap(metadata: input.text, frontier: frontier)
            var ledger = OffsetLedger(start: frontier, map: map)
            for offset
                in frontier..<(frontier.addingReportingOverflow(300).overflow ? frontier : frontier + 300)
            {
                if ledger.take(offset) == .open, offset % 3 == 0 { ledger.settle(offset) }
            }
            let written = ledger.settledMap.metadata(frontier: ledger.frontier)
            guard (written?.utf8.count ?? 0) <= 4_096 else {
                throw FuzzViolation("metadata beyond its limit")
            }
            let floor = SettledMap.floor(in: input.text).flatMap { $0 > 0 ? $0 : nil }
            let both = map.metadata(frontier: frontier, floor: floor)
            guard (both?.utf8.count ?? 0) <= 4_096, SettledMap.floor(in: both) == floor else {
                throw FuzzViolation("a floor changes when it is written: \(floor ?? 0)")
            }
            guard !map.ranges.isEmpty else { return false }
            let again = SettledMap(metadata: both, frontier: frontier)
            // What doesn't fit is left out from the end.
            guard map.ranges.starts(with: again.ranges) else {
                throw FuzzViolation("a map changes when it is written: \(map) to \(again)")
            }
            return true
        }
    }()

    /// Records of the registry's topic, two parts each.
    private static let registry = FuzzTarget(
        name: "registry",
        samples: [
            FuzzInput(
                "organization/tea/1/n1", #"{"format":1,"body":{"id":"tea"}}"#,
                "store/tea-house.myshopify.com/1/n2",
                #"{"format":1,"body":{"domain":"tea-house.myshopify.com","organization":"tea","sluice_installed":true,"apps":["slack"],"shop_id":42}}"#,
                "connection/slack/2/n3",
                #"{"format":1,"body":{"connector":"slack","endpoint":"https://a.example/flow","sealed_secrets":[{"key_id":"k","sealed":"AAAA"}]}}"#
            ),
            FuzzInput(
                "workflow/loyalty/3/n4",
                #"{"format":1,"body":{"id":"loyalty","store":"tea-house.myshopify.com","trigger":"loyaltylion/moved-up-tier","conditions":{"field":"trigger.tierName","is":"==","value":"Gold"},"steps":[{"id":"a","action":"slack/send-message","inputs":{"text":"{{ trigger.tierName }}"}}]}}"#,
                "pause/connector:slack/1/n5", #"{"format":1,"body":{"reason":"token"}}"#,
                "store/tea-house.myshopify.com/2/n6", #"{"format":1,"deleted":true}"#),
        ]
    ) { input in
        var state = RegistryState(historyOf: .all)
        var isAccepted = false
        for index in stride(from: 0, to: input.parts.count, by: 2) {
            let value =
                index + 1 < input.parts.count && !input.parts[index + 1].isEmpty
                ? input.parts[index + 1] : nil
            _ = state.take(
                ConsumedRecord(
                    topicPartition: TopicPartition(topic: "registry", partition: 0), offset: Int64(index),
                    key: input.parts[index], value: value))
            guard let json = value.flatMap({ try? JSONParser.parse($0) }),
                let entry = RegistryEntry(key: input.text(index), value: json)
            else { continue }
            isAccepted = true
            try expectSame(RegistryEntry(key: entry.key, value: entry.value), entry, "an entry")
        }
        return isAccepted
    }
}
