import Flow
import Pipeline
import Testing
import Workers

/// What a queue lets go that was rebuilt from a waiting topic and a commit.
@Suite struct RebuiltQueueTests {
    private static func run(_ number: UInt64, at position: Int64) -> QueuedRun {
        QueuedRun(
            key: RunKey(id: RunID(high: 1, low: number), replay: 0), position: position, orderingKey: nil,
            store: "s", record: WireRecord(topic: "actions", key: nil, value: [1]))
    }

    @Test func `a run that was parked and not committed waits for its own record, and is not taken again`() {
        // At least once: its waiting record was acknowledged, and its owner died before it committed offsets.
        let run = Self.run(1, at: 5)
        var queue = PartitionQueue(ledger: OffsetLedger(start: 4))
        queue.restore(run, cause: .retry, offset: 0, dueIn: .zero, now: .zero)
        queue.restored(now: .zero)
        #expect(queue.takeReady().isEmpty)
        #expect(queue.take(Self.run(2, at: 4)) == [])
        #expect(queue.takeReady().map(\.key) == [Self.run(2, at: 4).key])
        // Read again, it is settled: from here on a commit says that it is not to be taken.
        #expect(queue.take(run) == [.settle(5, bytes: 1, store: "s")])
        #expect(queue.takeReady().map(\.key) == [run.key])
        #expect(queue.ledger.settledMap.ranges == [5...5])
    }

    @Test func `a run that a commit calls settled goes at once`() {
        var map = SettledMap()
        map.append(5...5)
        let run = Self.run(1, at: 5)
        var queue = PartitionQueue(ledger: OffsetLedger(start: 4, map: map))
        queue.restore(run, cause: .retry, offset: 0, dueIn: .zero, now: .zero)
        queue.restored(now: .zero)
        #expect(queue.takeReady().map(\.key) == [run.key])
    }

    @Test func `a partition's end lets a run go whose record is gone`() {
        let run = Self.run(1, at: 5)
        var queue = PartitionQueue(ledger: OffsetLedger(start: 4))
        queue.restore(run, cause: .retry, offset: 0, dueIn: .zero, now: .zero)
        queue.restored(now: .zero)
        queue.reachedEnd(9)
        #expect(queue.takeReady().map(\.key) == [run.key])
    }
}
