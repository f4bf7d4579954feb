import Flow
import Pipeline
import Testing
import Workers

/// Keys that wait for what becomes of a dead letter.
@Suite struct KeyKeeperTests {
    private static func run(_ number: UInt64, replay: Int = 0, at position: Int64? = nil) -> QueuedRun {
        QueuedRun(
            key: RunKey(id: RunID(high: 1, low: number), replay: replay), position: position ?? Int64(number),
            orderingKey: "k", store: "s", record: WireRecord(topic: "a", key: nil, value: [1]))
    }

    /// The first of three runs ended in a dead letter, and keeps the key's place.
    private static func kept() throws -> PartitionQueue {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        for number in 0..<3 { _ = queue.take(run(UInt64(number))) }
        let first = queue.takeReady().map(\.key)
        #expect(first == [run(0).key])
        _ = queue.start(run(0).key)
        let effects = queue.finish(run(0).key, .held(.deadLetter), spent: .zero, at: 0)
        let parked = effects.compactMap { if case .park(let run) = $0 { run } else { nil } }
        #expect(parked.map(\.run.key) == (0..<3).map { run(UInt64($0)).key })
        #expect(parked.map(\.delay) == [PartitionQueue.letterLimit, nil, nil])
        for (offset, parked) in parked.enumerated() {
            queue.parked(
                parked.run.key, stamp: parked.stamp, offset: Int64(offset), delay: parked.delay, now: .zero)
        }
        let others = queue.takeReady().isEmpty
        #expect(others)
        #expect(queue.heldCounts == [.deadLetter: 1])
        return queue
    }

    /// Ends what is ready, one after the other.
    private static func drain(_ queue: inout PartitionQueue) -> [QueuedRun] {
        var runs: [QueuedRun] = []
        while let next = queue.takeReady().first {
            guard let run = queue.start(next.key) else { continue }
            runs.append(run)
            _ = queue.finish(next.key, .ended, spent: .zero, at: 0)
        }
        return runs
    }

    @Test func `no change of the registry lets it go, and no decision about a doubt`() throws {
        var queue = try Self.kept()
        queue.releaseHeld()
        queue.release(now: .seconds(29 * 86_400))
        _ = queue.decide(3, Self.run(0).key, .send)
        _ = queue.decide(4, Self.run(0).key, .skip)
        let none = queue.takeReady().isEmpty
        #expect(none)
        #expect(!Hold.deadLetter.ends(with: .cancellation(connector: nil)))
    }

    @Test func `it stays where the registry changed while its last attempt was on the wire`() throws {
        typealias Make = SendBoardFixtures
        var board = Make.board()
        _ = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        let begun = board.begin()
        let work = try #require(begun?.work)
        board.releaseHeld()
        board.finish(work, .held(.deadLetter), [], spent: .zero, at: 0)
        let next = board.begin()
        #expect(next == nil)
    }

    @Test func `a copy of the letter takes its place, before those that came between`() throws {
        var queue = try Self.kept()
        let effects = queue.take(Self.run(0, replay: 1, at: 3))
        #expect(effects?.first == .settle(3, bytes: 1, store: "s"))
        #expect(effects?.contains(.unpark(Self.run(0).key)) == true)
        #expect(queue.waitingCount == 3)
        let runs = Self.drain(&queue)
        #expect(runs.map(\.key) == [Self.run(0, replay: 1).key, Self.run(1).key, Self.run(2).key])
        #expect(runs.allSatisfy { $0.decision == nil })
        #expect(queue.waitingCount == 0)
        #expect(queue.ledger.frontier == 4)
    }

    @Test func `the copy's place is known after a restart`() throws {
        var queue = try Self.kept()
        let effects = queue.take(Self.run(0, replay: 1, at: 3)) ?? []
        let parked = try #require(
            effects.compactMap { if case .park(let run) = $0 { run } else { nil } }.first)
        var rebuilt = PartitionQueue(ledger: OffsetLedger(start: 4))
        for (offset, run) in [Self.run(2), parked.run, Self.run(1)].enumerated() {
            rebuilt.restore(run, cause: .behind, offset: Int64(offset), dueIn: nil, now: .zero)
        }
        rebuilt.restored(now: .zero)
        #expect(Self.drain(&rebuilt).map(\.key.id.low) == [0, 1, 2])
    }

    @Test func `a discarded letter's run leaves without a request, and its followers go`() throws {
        var queue = try Self.kept()
        let effects = queue.decide(3, Self.run(0).key, .release)
        #expect(effects?.contains(.decided(Self.run(0).key, .release)) == true)
        let runs = Self.drain(&queue)
        #expect(runs.map(\.decision) == [.release, nil, nil])
        #expect(runs.map(\.key.id.low) == [0, 1, 2])
        #expect(queue.waitingCount == 0)
    }

    @Test func `it waits no longer than its letter is kept, restarts included`() throws {
        var queue = try Self.kept()
        queue.release(now: PartitionQueue.letterLimit)
        #expect(Self.drain(&queue).map(\.decision) == [.release, nil, nil])
        var rebuilt = PartitionQueue(ledger: OffsetLedger(start: 3))
        rebuilt.restore(Self.run(0), cause: .held(.deadLetter), offset: 0, dueIn: .seconds(60), now: .zero)
        rebuilt.restored(now: .zero)
        let none = rebuilt.takeReady().isEmpty
        #expect(none)
        rebuilt.release(now: .seconds(60))
        #expect(Self.drain(&rebuilt).map(\.decision) == [.release])
    }

    @Test func `a copy that comes once its key goes on stands where it came`() throws {
        var queue = try Self.kept()
        _ = queue.decide(3, Self.run(0).key, .release)
        _ = queue.take(Self.run(0, replay: 1, at: 4))
        let runs = Self.drain(&queue)
        #expect(runs.map(\.key.replay) == [0, 0, 0, 1])
    }
}
