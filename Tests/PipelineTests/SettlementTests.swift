import Flow
import Liquid
import Pipeline
import Testing

/// Every outcome of an attempt, at the last step, before another one, and before one that fails: the queue's verdict
/// and the records in the order in which they are written.
@Suite struct SettlementTests {
    enum Follower: String, Sendable, CaseIterable {
        case none, step, failingTemplate, unreadable, onlyWaits

        var slip: RoutingSlip {
            switch self {
            case .none: .end
            case .step: Self.slip(["action": "tobi/send-sms", "inputs": ["id": "{{ steps.hello.id }}"]])
            case .failingTemplate:
                Self.slip(["action": "tobi/send-sms", "inputs": ["id": "{{ 1 | divided_by: 0 }}"]])
            case .unreadable: Self.slip(["action": "nonsense"])
            case .onlyWaits: Self.slip(["wait": "1h"])
            }
        }

        private static func slip(_ step: JSON) -> RoutingSlip {
            RoutingSlip(rest: [["path": "1", "step": step]], context: ["trigger": ["a": 1]])
        }
    }

    private static let topics = Topics()
    private static let time = "2026-11-23T12:00:00Z"
    private static let place = RecordPlace(topic: "sluice.actions.slack", partition: 1, offset: 9)

    private static func run(_ follower: Follower, replay: Int = 0) -> ActionRun {
        let event = EventIdentity(
            source: "loyaltylion", store: "s", id: "e",
            trigger: TriggerReference(connector: "loyaltylion", handle: "t"))
        return ActionRun(
            id: RunID(high: 1, low: 1),
            workflowRun: WorkflowRun(
                id: RunID(high: 2, low: 2), workflow: "w", version: 4, store: "s", event: event),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "hello",
            stepPath: "0",
            properties: ["text": "Hi"], slip: follower.slip, orderingKey: "s/w/7", replay: replay,
            traceParent: "00-ab")
    }

    private static func settle(
        _ outcome: AttemptOutcome, _ follower: Follower = .none, attempts: Int = 0, age: Int64 = 0,
        policy: RetryPolicy = RetryPolicy(), replay: Int = 0, holdsKey: Bool = false, key: String? = "s/w/7"
    ) -> Settlement {
        let run = run(follower, replay: replay)
        let queued = QueuedRun(
            key: RunKey(id: run.id, replay: replay), position: 9, orderingKey: key,
            attempts: attempts,
            age: age, record: run.record(topics))
        return Settlement(
            of: outcome, run: run, queued: queued, place: place, spent: .milliseconds(120), policy: policy,
            holdsKey: holdsKey, unit: 0, time: time, topics: topics)
    }

    /// The records in short: `attempt retry`, `action tobi 1`, `dead exhausted`, `end rejected`.
    private static func summary(_ settlement: Settlement) throws -> [String] {
        try settlement.records.map { record in
            if let letter = DeadLetter(record) { return "dead \(letter.stage.rawValue)" }
            if topics.connector(ofActions: record.topic) != nil {
                let run = try ActionRun(record)
                return "action \(run.action) \(run.stepPath)"
            }
            let value = try JSONParser.parse(record.value ?? [])
            let word = value["record"]?.stringValue ?? "?"
            let detail = (word == "attempt" ? value["outcome"] : value["end"])?.stringValue ?? "?"
            return "\(word) \(detail)"
                + (word == "attempt" ? value["end"]?.stringValue.map { " \($0)" } ?? "" : "")
        }
    }

    static let follow: [(Follower, [String])] = [
        (.none, ["end succeeded"]), (.step, ["action tobi/send-sms 1"]), (.failingTemplate, ["end rejected"]),
        (.unreadable, ["end rejected"]), (.onlyWaits, ["end succeeded"]),
    ]

    @Test(arguments: follow) func `a success and a skip end the step and bring what follows`(
        follower: Follower, rest: [String]
    ) throws {
        let done = Self.settle(.succeeded(returned: ["id": 12]), follower)
        #expect(try Self.summary(done) == ["attempt succeeded succeeded"] + rest)
        let skipped = Self.settle(.skipped(reason: "nothing to do"), follower)
        #expect(try Self.summary(skipped) == ["attempt skipped succeeded"] + rest)
        for settlement in [done, skipped] {
            #expect(settlement.verdict == .ended)
            #expect(settlement.end == .succeeded)
            #expect(settlement.delay == nil)
        }
    }

    @Test(arguments: Follower.allCases)
    func `a rejection ends the workflow run with a dead letter, whatever follows`(
        follower: Follower
    ) throws {
        let settlement = Self.settle(.rejected(reason: "404"), follower)
        #expect(
            try Self.summary(settlement) == ["attempt rejected rejected", "dead rejected", "end rejected"])
        #expect(settlement.verdict == .ended)
        #expect(settlement.end == .rejected)
    }

    @Test func `where its connection says so, a dead letter keeps its key's place; nothing else does`() throws
    {
        let again = AttemptOutcome.retry(after: nil, reason: "503", cause: .broken)
        let rejected = Self.settle(.rejected(reason: "404"), holdsKey: true)
        let tired = Self.settle(again, attempts: 2, policy: RetryPolicy(maxAttempts: 3), holdsKey: true)
        for settlement in [rejected, tired] {
            #expect(settlement.verdict == .held(.deadLetter))
            #expect(settlement.end != nil)
            #expect(settlement.records.compactMap { DeadLetter($0) }.map(\.holdsKey) == [true])
        }
        let alone = Self.settle(.rejected(reason: "404"), holdsKey: true, key: nil)
        #expect(alone.verdict == .ended)
        #expect(alone.records.compactMap { DeadLetter($0) }.map(\.holdsKey) == [false])
        #expect(Self.settle(.succeeded(returned: nil), holdsKey: true).verdict == .ended)
        #expect(Self.settle(.cancelled(reason: "by hand"), holdsKey: true).verdict == .ended)
    }

    @Test(arguments: Follower.allCases)
    func `one of several calls writes its attempt only, and a doubt says what it is`(follower: Follower)
        throws
    {
        let proceeded = Self.settle(.proceeded(checkpoint: ["id": 7], done: "the campaign is made"), follower)
        #expect(try Self.summary(proceeded) == ["attempt proceeded"])
        #expect(proceeded.verdict == .proceeded(checkpoint: Array("{\"id\":7}".utf8)))
        #expect(proceeded.end == nil)
        let doubt = Self.settle(.held(reason: "in doubt", by: .decision), follower)
        #expect(try Self.summary(doubt) == ["attempt in-doubt"])
        #expect(doubt.verdict == .held(.decision))
    }

    @Test(arguments: Follower.allCases) func `a retry and a hold write their attempt only, whatever follows`(
        follower: Follower
    ) throws {
        let retry = Self.settle(.retry(after: .seconds(60), reason: "429", cause: .busy), follower)
        #expect(try Self.summary(retry) == ["attempt retry"])
        #expect(retry.verdict == .again(after: .seconds(60)))
        #expect(retry.delay == .seconds(60))
        #expect(retry.end == nil)
        let held = Self.settle(.held(reason: "new credentials needed", by: .other), follower)
        #expect(try Self.summary(held) == ["attempt held"])
        #expect(held.verdict == .held(.other))
        #expect(held.delay == nil && held.end == nil)
    }

    @Test(arguments: Follower.allCases)
    func `exhausted attempts or age end the workflow run with a dead letter`(
        follower: Follower
    ) throws {
        let outcome = AttemptOutcome.retry(after: nil, reason: "503", cause: .broken)
        let tired = Self.settle(outcome, follower, attempts: 2, policy: RetryPolicy(maxAttempts: 3))
        let old = Self.settle(outcome, follower, attempts: 2, age: 36 * 3600 * 1000)
        for settlement in [tired, old] {
            #expect(try Self.summary(settlement) == ["attempt retry dead", "dead exhausted", "end dead"])
            #expect(settlement.verdict == .ended)
            #expect(settlement.end == .dead)
        }
        let letter = try #require(tired.records.compactMap { DeadLetter($0) }.first)
        #expect(letter.reason == "gave up after 3 attempts; the last: 503")
    }

    @Test func `the policy's own delay counts the attempt that just ended`() {
        let second = Self.settle(.retry(after: nil, reason: "503", cause: .broken), attempts: 1)
        #expect(second.verdict == .again(after: .seconds(15), mayHaveActed: true))
        // One attempt is left.
        let policy = RetryPolicy(maxAttempts: 3)
        #expect(
            Self.settle(.retry(after: nil, reason: "503", cause: .broken), attempts: 1, policy: policy)
                .verdict
                == .again(after: .seconds(15), mayHaveActed: true))
    }

    @Test func `the time that the attempt took counts against the age limit`() {
        let limit = RetryPolicy(maxAge: .seconds(10))
        let outcome = AttemptOutcome.retry(after: nil, reason: "503", cause: .broken)
        #expect(
            Self.settle(outcome, age: 4_880, policy: limit).verdict
                == .again(after: .seconds(5), mayHaveActed: true))
        #expect(Self.settle(outcome, age: 4_881, policy: limit).verdict == .ended)
    }

    @Test func `a dead letter has the run's id, its place and its original record`() throws {
        let settlement = Self.settle(.rejected(reason: "404: no such channel"))
        let letter = try #require(settlement.records.compactMap { DeadLetter($0) }.first)
        let original = Self.run(.none).record(Self.topics)
        #expect(letter.actionRun == RunID(high: 1, low: 1))
        #expect(letter.connector == "slack")
        #expect(letter.store == "s")
        #expect(letter.place == Self.place)
        #expect(letter.time == Self.time)
        #expect(letter.reason == "404: no such channel")
        #expect(letter.headers == original.headers)
        #expect(letter.value == original.value)
    }

    @Test func `the next step has the run, the version, the key, the trace and the returned value`() throws {
        let settlement = Self.settle(.succeeded(returned: ["id": 12]), .step, replay: 3)
        let next = try ActionRun(try #require(settlement.records.last))
        #expect(next.workflowRun == Self.run(.step).workflowRun)
        #expect(next.properties == ["id": 12])
        #expect(next.orderingKey == "s/w/7")
        #expect(next.traceParent == "00-ab")
        #expect(next.replay == 3)
        #expect(next.slip == .end)
        #expect(
            next.id
                == .actionRun(store: "s", source: "loyaltylion", event: "e", workflow: "w", stepPath: "1"))
    }

    @Test func `a wait before the next step is its record's delay`() throws {
        var run = Self.run(.none)
        run.slip = RoutingSlip(
            rest: [
                ["path": "1", "step": ["wait": "2h"]], ["path": "2", "step": ["action": "tobi/send-sms"]],
            ], context: [:])
        let queued = QueuedRun(
            key: RunKey(id: run.id, replay: 0), position: 9, orderingKey: nil, record: run.record(Self.topics)
        )
        let settlement = Settlement(
            of: .succeeded(returned: nil), run: run, queued: queued, place: Self.place, spent: .zero,
            policy: RetryPolicy(), unit: 0, time: Self.time, topics: Self.topics)
        #expect(settlement.records.last?.header(HeaderName.delay) == "7200000")
    }

    @Test func `an attempt's record counts from 1 and says how long it took and when it may go again`() throws
    {
        let settlement = Self.settle(
            .retry(after: .seconds(60), reason: "429", cause: .busy), attempts: 4, replay: 2)
        let value = try JSONParser.parse(try #require(settlement.records.first?.value))
        #expect(value["attempt"] == 5)
        #expect(value["duration_ms"] == 120)
        #expect(value["delay_ms"] == 60_000)
        #expect(value["reason"] == "429")
        #expect(value["replay"] == 2)
        #expect(value["step"] == "hello")
    }
}
