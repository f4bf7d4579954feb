import Flow
import Kafka
import Testing

@testable import Pipeline

@Suite struct WaitingStateTests {
    private func record(
        _ key: RunKey, at offset: Int64, position: Int64, reason: String? = "retry", isTombstone: Bool = false
    ) -> ConsumedRecord {
        var headers = [RecordHeader(name: HeaderName.originOffset, value: "\(position)")]
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
}
