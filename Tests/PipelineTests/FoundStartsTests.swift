import Flow
import Kafka
import Liquid
import Testing
import Workers

@testable import Pipeline

/// Notes of attempts that a predecessor left.
@Suite struct FoundStartsTests {
    private static let topics = Topics()
    private static let waiting = TopicPartition(topic: "sluice.waiting.slack", partition: 0)
    private static let run = ActionRun(
        id: RunID(high: 1, low: 1),
        workflowRun: WorkflowRun(
            id: RunID(high: 2, low: 2), workflow: "w", version: 4, store: "s",
            event: EventIdentity(
                source: "loyaltylion", store: "s", id: "e",
                trigger: TriggerReference(connector: "loyaltylion", handle: "t"))),
        action: ActionReference(connector: "slack", handle: "send-message"), stepID: "hello",
        stepPath: "0", properties: ["text": "Hi"], slip: .end, orderingKey: "s/w/7", replay: 0,
        traceParent: "00-ab")

    /// What is found where the note of an attempt is left, and this was written of its run.
    private static func found(attempt: Int, attempts: Int, _ cause: WaitCause, delay: Duration?) throws
        -> FoundStarts
    {
        let queued = QueuedRun(
            key: RunKey(id: run.id, replay: 0), position: 0, orderingKey: "s/w/7", store: "s",
            attempts: attempts, record: run.record(topics))
        let doubt = RunRecord.AttemptReport(
            run: run, attempt: attempt, outcome: "in-doubt", reason: nil, duration: .zero, delay: nil,
            end: nil)
        let note = StartNote(
            run: queued.key, store: "s", position: 0, policy: .ask, doubt: .attempt(doubt))
        let parked = try #require(
            ParkedRun(run: queued, cause: cause, delay: delay, stamp: 1)
                .record(topic: waiting.topic, partition: 0))
        var state = WaitingState(payloadLimit: 1000)
        for (offset, record) in [note.record(topic: waiting.topic, partition: 0), parked].enumerated() {
            state.take(
                ConsumedRecord(
                    topicPartition: waiting, offset: Int64(offset), timestamp: 1, timestampKind: .append,
                    key: record.key, value: record.value,
                    headers: record.headers.map { RecordHeader(name: $0.name, value: $0.value) }))
        }
        return FoundStarts(in: state, of: waiting, ledger: OffsetLedger(start: 1), topics)
    }

    @Test func `an attempt whose outcome was written is not in doubt, and its note goes`() throws {
        for found in [
            try Self.found(attempt: 2, attempts: 2, .retry, delay: .seconds(5)),
            try Self.found(attempt: 1, attempts: 0, .held(.deadLetter), delay: .seconds(5)),
        ] {
            #expect(found.notes.isEmpty)
            #expect(found.newDoubts.isEmpty)
            #expect(found.writes.map(\.value) == [nil])
        }
    }

    @Test func `an attempt that came after what was written is in doubt`() throws {
        let found = try Self.found(attempt: 3, attempts: 2, .retry, delay: .seconds(5))
        #expect(found.newDoubts.count == 1)
        #expect(found.notes.map(\.isNamed) == [false])
    }
}
