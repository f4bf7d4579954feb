import Flow
import Kafka
import Testing
import Workers

@testable import Pipeline

@Suite struct WaitingStateTests {
    private func record(
        _ key: RunKey, at offset: Int64, position: Int64, reason: String? = "retry",
        isTombstone: Bool = false,
        _ extra: [String: String] = [HeaderName.delay: "5000"]
    ) -> ConsumedRecord {
        var headers = [RecordHeader(name: HeaderName.originOffset, value: "\(position)")]
        headers += extra.map { RecordHeader(name: $0.key, value: $0.value) }
        if let reason { headers.append(RecordHeader(name: HeaderName.reason, value: reason)) }
        return ConsumedRecord(
            topicPartition: TopicPartition(topic: "waiting", partition: 0), offset: offset, timestamp: 1,
            timestampKind: .append, key: key.waitingKey, value: isTombstone ? nil : [1, 2, 3],
            headers: isTombstone ? [] : headers)
    }

    private func key(_ number: UInt64) -> RunKey { RunKey(id: RunID(high: 1, low: number), replay: 0) }

    private func runs(_ state: inout WaitingState) -> [WaitingState.Run] {
        var runs: [WaitingState.Run] = []
        state.drain { runs.append($0) }
        return runs.sorted { $0.offset < $1.offset }
    }

    @Test func `what can't be read is set apart, and the newest record of a key counts`() {
        var state = WaitingState(payloadLimit: 1000)
        state.take(record(key(1), at: 0, position: 9))
        state.take(record(key(2), at: 1, position: 5))
        state.take(record(key(3), at: 2, position: 7))
        // A newer version parks run 2 for a reason that this one doesn't know: its older record is no state to go on from.
        state.take(record(key(2), at: 3, position: 5, reason: "unheard-of"))
        state.take(record(key(3), at: 4, position: 7, isTombstone: true))
        var copy = state
        #expect(runs(&copy).map(\.note.run.key) == [key(1)])
        #expect(state.unreadable.map(\.offset) == [3])
        state.take(record(key(2), at: 5, position: 5))
        #expect(state.unreadable.isEmpty)
        #expect(runs(&state).map(\.offset) == [0, 5])
        #expect(state.isEmpty)
    }

    @Test func `a run that kept its key's place leaves it to its copy, also where a crash left both`() {
        let kept = [HeaderName.waitsFor: Hold.deadLetter.text]
        var state = WaitingState(payloadLimit: 1000)
        state.take(record(key(1), at: 0, position: 1, reason: "held", kept))
        state.take(record(key(2), at: 1, position: 2, reason: "held", kept))
        state.take(record(RunKey(id: key(2).id, replay: 1), at: 2, position: 2, reason: "behind", [:]))
        let replaced = state.removeReplaced()
        #expect(replaced == [key(2)])
        #expect(runs(&state).map(\.note.run.key) == [key(1), RunKey(id: key(2).id, replay: 1)])
    }

    @Test func `payloads beyond the limit are left out`() {
        var state = WaitingState(payloadLimit: 100)
        for number in 0..<10 as Range<UInt64> {
            state.take(record(key(number), at: Int64(number), position: Int64(number)))
        }
        let runs = runs(&state)
        #expect(runs.count == 10)
        let kept = runs.filter { $0.note.run.record != nil }
        #expect((1...9).contains(kept.count))
        #expect(kept.reduce(0) { $0 + $1.note.run.byteCount } <= 100)
    }

    @Test func `a retry that says no time is set apart instead of waiting for ever`() {
        var state = WaitingState(payloadLimit: 1000)
        state.take(record(key(1), at: 0, position: 1, [:]))
        state.take(record(key(2), at: 1, position: 2, [HeaderName.delay: "soon"]))
        state.take(record(key(3), at: 2, position: 3, reason: "wait", [:]))
        state.take(record(key(4), at: 3, position: 4, reason: "held", [:]))
        #expect(state.unreadable.map(\.offset) == [0, 1, 2])
        #expect(runs(&state).map(\.offset) == [3])
    }

    @Test func `numbers at their limits stop nobody`() throws {
        var state = WaitingState(payloadLimit: 1000)
        let limits = [
            HeaderName.attempt: "\(Int64.max)", HeaderName.age: "\(Int64.max)",
            HeaderName.delay: "\(Int64.min)",
        ]
        state.take(record(key(1), at: 0, position: .max - 1, limits))
        var queue = PartitionQueue(ledger: OffsetLedger(start: .max))
        let run = try #require(runs(&state).first)
        queue.restore(run.note.run, cause: run.note.cause, offset: 0, dueIn: run.note.delay, now: .zero)
        queue.restored(now: .zero)
        let ready = queue.takeReady()
        let next = ready.first.flatMap { queue.start($0.key) }
        let started = try #require(next)
        let effects = queue.finish(started.key, .again(after: .seconds(3_600)), spent: .seconds(10), at: 0)
        guard case .park(let parked)? = effects.first else {
            Issue.record("not parked: \(effects)")
            return
        }
        #expect(parked.run.attempts == started.attempts + 1 && parked.run.age > started.age)
    }

    @Test func `a key that we did not write is none: no tombstone would end its record`() {
        let id = "00000000-0000-0001-0000-00000000000a"
        #expect(RunKey(waitingKey: Array(id.utf8)) == key(10))
        #expect(RunKey(waitingKey: Array("\(id)/2".utf8))?.replay == 2)
        for text in [
            id.uppercased(), "\(id)/", "\(id)/0", "\(id)/02", "\(id)/-1", "\(id)x", "\(id)/2/", "\(id)/+2",
        ] {
            #expect(RunKey(waitingKey: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
