import Flow
import Kafka
import Pipeline
import Testing
import Workers

@Suite struct SendBoardTests {
    private typealias Make = SendBoardFixtures

    private static let marker = WireRecord(topic: "sluice.runs", key: nil, value: [1])

    @Test func `a batch of another generation is refused and changes nothing`() {
        var board = Make.board()
        let value1 = !board.take(Make.batch([Make.record(1, offset: 0)], generation: 0), time: Make.time)
        #expect(value1)
        let value2 = !board.take(Make.batch([Make.record(1, offset: 0)], generation: 2), time: Make.time)
        #expect(value2)
        board.beginGeneration()
        let value3 = !board.take(Make.batch([Make.record(1, offset: 0)], generation: 1), time: Make.time)
        #expect(value3)
        #expect(board.open.count == 0)
        let value4 = board.begin() == nil
        #expect(value4)
        #expect(!board.hasPending)
    }

    @Test func `records of a partition that is not assigned are refused`() {
        var board = Make.board()
        let value301 =
            !board.take(
                Make.batch([Make.record(1, offset: 0, partition: Make.partition(5))]), time: Make.time)
        #expect(value301)
        #expect(board.open.count == 0)
    }

    @Test func `an ended attempt's records and its offset go in one batch`() throws {
        var board = Make.board()
        let value5 = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(value5)
        let value6 = board.begin()
        let (work, _) = try #require(value6)
        #expect(!board.hasPending)
        board.finish(work, .ended, [Self.marker], spent: .zero, at: 0)
        #expect(board.pendingCount == 2)
        let batch = board.takeBatch()
        #expect(batch.writes.map(\.record) == [Self.marker])
        #expect(batch.offsets.map(\.offset) == [1])
        #expect(batch.settledCount == 1)
        #expect(!board.hasPending)
        #expect(board.open.count == 1)
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(board.open.count == 0)
        #expect(board.open.bytes == 0)
    }

    @Test func `a retry's waiting record goes with its offset, and its tombstone with the end`() throws {
        var board = Make.board()
        let value7 = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(value7)
        let value8 = board.begin()
        let (work, run) = try #require(value8)
        board.finish(work, .again(after: .seconds(5)), [Self.marker], spent: .zero, at: 77)
        let parking = board.takeBatch()
        #expect(parking.writes.map(\.record.topic) == ["sluice.runs", "sluice.waiting.slack"])
        let note = try #require(parking.writes.last.flatMap { WaitingNote($0.record) })
        #expect(note.run.attempts == 1)
        #expect(note.run.position == 0)
        #expect(note.run.firstAttempt == 77)
        #expect(note.reason == .retry)
        #expect(note.delay == .seconds(5))
        #expect(parking.offsets.map(\.offset) == [1])
        board.written(parking, Make.deliveries(of: parking), now: .seconds(10))
        let value101 = board.nextDue() == .seconds(15)
        #expect(value101)
        board.release(now: .milliseconds(14_999))
        let value9 = board.begin() == nil
        #expect(value9)
        board.release(now: .seconds(15))
        let value10 = board.begin()
        let (again, second) = try #require(value10)
        #expect(second.attempts == 1)
        board.finish(again, .ended, [Self.marker], spent: .zero, at: 99)
        let end = board.takeBatch()
        #expect(end.writes.last?.record.value == nil)
        #expect(end.writes.last?.record.key == run.key.waitingKey)
        #expect(end.settledCount == 0)
        board.written(end, Make.deliveries(of: end), now: .zero)
        #expect(board.open.count == 0)
    }

    @Test func `a record that can't be read leaves one dead letter, settled with it`() throws {
        var board = Make.board()
        let value11 = board.take(Make.batch([Make.record(nil, offset: 4)]), time: Make.time)
        #expect(value11)
        let batch = board.takeBatch()
        let letter = try #require(batch.writes.first.flatMap { DeadLetter($0.record) })
        #expect(batch.writes.count == 1)
        #expect(letter.stage == .action)
        #expect(letter.connector == "slack")
        #expect(letter.place == RecordPlace(topic: "sluice.actions.slack", partition: 0, offset: 4))
        #expect(letter.value == Make.record(nil, offset: 4).value)
        #expect(batch.offsets.map(\.offset) == [5])
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(board.open.count == 0)
    }

    @Test
    func `what a predecessor settled beyond the frontier is not written or counted again, unreadable or not`()
    {
        var map = SettledMap()
        map.append(1...2)
        var board = Make.board(from: map)
        let records = [Make.record(1, offset: 0), Make.record(nil, offset: 1), Make.record(2, offset: 2)]
        let value12 = board.take(Make.batch(records), time: Make.time)
        #expect(value12)
        #expect(board.open.count == 1)
        let batch = board.takeBatch()
        #expect(batch.writes.isEmpty)
        #expect(batch.offsets.map(\.offset) == [0])
        #expect(SettledMap(metadata: batch.offsets.first?.metadata, frontier: 0).ranges == [1...2])
    }

    @Test func `a copy of a run is settled without a second attempt`() throws {
        var board = Make.board()
        let value302 =
            board.take(Make.batch([Make.record(1, offset: 0), Make.record(1, offset: 1)]), time: Make.time)
        #expect(value302)
        let value13 = board.begin()?.run.position == 0
        #expect(value13)
        let value14 = board.begin() == nil
        #expect(value14)
        let batch = board.takeBatch()
        #expect(batch.settledCount == 1)
        #expect(batch.offsets.map(\.offset) == [0])
    }

    @Test func `stores take turns, in whatever partitions their runs are`() {
        var board = Make.board(3)
        let records = (0..<9).map { number in
            Make.record(
                UInt64(number), offset: Int64(number), partition: Make.partition(Int32(number / 3)),
                store: "store-\(number / 3)")
        }
        let value15 = board.take(Make.batch(records), time: Make.time)
        #expect(value15)
        let order = (0..<9).compactMap { _ in board.begin()?.work.partition.partition }
        #expect(order == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    }

    @Test
    func `a store beyond its share goes on in the waiting topic, and the next store's record is reached`()
        throws
    {
        var board = Make.board(openLimit: 100)
        let flood = (0..<300).map { Make.record(UInt64($0), offset: Int64($0), store: "flood") }
        let quiet = Make.record(300, offset: 300, store: "quiet")
        let isTaken = board.take(Make.batch(flood + [quiet]), time: Make.time)
        #expect(isTaken)
        let batch = board.takeBatch()
        let parked = batch.writes.compactMap(\.parked)
        #expect(parked.count == 250 && parked.allSatisfy { $0.reason == .crowded })
        #expect(batch.settledCount == 250, "the partition's frontier can move on")
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        let value = board.begin()
        let second = board.begin()
        #expect([value, second].contains { $0?.run.store == "quiet" }, "at once, though 300 came before it")
        // Everything is sent at last, the flood's own runs in their order.
        var order: [Int64] = []
        for started in [value, second] {
            let (work, run) = try #require(started)
            board.finish(work, .ended, [], spent: .zero, at: 0)
            if run.store == "flood" { order.append(run.position) }
        }
        while let (work, run) = board.begin() {
            board.finish(work, .ended, [], spent: .zero, at: 0)
            order.append(run.position)
            let batch = board.takeBatch()
            board.written(batch, Make.deliveries(of: batch), now: .zero)
        }
        #expect(order == Array(0..<300))
        #expect(board.open.count == 0)
    }

    /// Without offsets Kafka would not look at the membership: a process that lost the partition could still write.
    @Test func `a batch with nothing but a waiting run's end carries its partition's offset, too`() throws {
        var board = Make.board()
        let isTaken = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(isTaken)
        var started = board.begin()
        let (work, _) = try #require(started)
        board.finish(work, .again(after: .zero), [], spent: .zero, at: 0)
        let parking = board.takeBatch()
        board.written(parking, Make.deliveries(of: parking), now: .zero)
        board.release(now: .seconds(1))
        started = board.begin()
        let (again, _) = try #require(started)
        board.finish(again, .ended, [], spent: .zero, at: 0)
        let end = board.takeBatch()
        #expect(end.settledCount == 0 && end.writes.count == 1)
        #expect(end.offsets.map(\.offset) == [1])
    }

    @Test func `nothing new begins while partitions are about to go, but what runs is settled`() throws {
        var board = Make.board()
        let value303 =
            board.take(Make.batch([Make.record(1, offset: 0), Make.record(2, offset: 1)]), time: Make.time)
        #expect(value303)
        let value16 = board.begin()
        let (work, _) = try #require(value16)
        board.beginRevocation()
        let value17 = board.begin() == nil
        #expect(value17)
        let value102 = board.running(in: [Make.partition(0)]) == 1
        #expect(value102)
        let value103 = board.running(in: [Make.partition(1)]) == 0
        #expect(value103)
        board.finish(work, .ended, [Self.marker], spent: .zero, at: 0)
        let value104 = board.running(in: [Make.partition(0)]) == 0
        #expect(value104)
        let value18 = board.takeBatch().offsets.map(\.offset) == [1]
        #expect(value18)
    }

    @Test func `a revoked partition is forgotten with what was still to be written for it`() throws {
        var board = Make.board()
        let value304 =
            board.take(Make.batch([Make.record(1, offset: 0), Make.record(2, offset: 1)]), time: Make.time)
        #expect(value304)
        let value19 = board.begin()
        let (work, _) = try #require(value19)
        let value20 = board.begin()
        let (late, _) = try #require(value20)
        board.finish(work, .ended, [Self.marker], spent: .zero, at: 0)
        board.revoke(Make.partition(0))
        #expect(!board.hasPending)
        #expect(board.open.count == 0)
        #expect(board.table.assignments.isEmpty)
        board.finish(late, .ended, [Self.marker], spent: .zero, at: 0)
        #expect(!board.hasPending)
        let value21 = board.takeBatch().writes.isEmpty
        #expect(value21)
    }

    @Test func `an attempt of an earlier assignment of the same partition changes nothing`() throws {
        var board = Make.board()
        let value22 = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(value22)
        let value23 = board.begin()
        let (old, _) = try #require(value23)
        board.revoke(Make.partition(0))
        board.beginGeneration()
        board.assign(Make.partition(0), PartitionQueue(ledger: OffsetLedger(start: 0)))
        let value24 = board.take(Make.batch([Make.record(1, offset: 0)], generation: 2), time: Make.time)
        #expect(value24)
        let value25 = board.begin()
        let (new, _) = try #require(value25)
        board.finish(old, .ended, [Self.marker], spent: .zero, at: 0)
        #expect(!board.hasPending)
        board.finish(new, .ended, [Self.marker], spent: .zero, at: 0)
        let value26 = board.takeBatch().writes.count == 1
        #expect(value26)
    }

    @Test
    func `what was open is released once: a batch on its way when its partitions go releases nothing more`()
        throws
    {
        var board = Make.board()
        let value27 = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(value27)
        let value28 = board.begin()
        let (work, _) = try #require(value28)
        board.finish(work, .ended, [Self.marker], spent: .zero, at: 0)
        let batch = board.takeBatch()
        board.revoke(Make.partition(0))
        #expect(board.open.count == 0)
        var early = board
        early.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(early.open.count == 0)
        #expect(early.open.bytes == 0)
        board.beginGeneration()
        board.assign(Make.partition(0), PartitionQueue(ledger: OffsetLedger(start: 0)))
        let value29 = board.take(Make.batch([Make.record(1, offset: 0)], generation: 2), time: Make.time)
        #expect(value29)
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(board.open.count == 1)
    }

    @Test func `it is full at its limit and has room again at half`() throws {
        var board = Make.board(openLimit: 4)
        let records = (0..<4).map { Make.record(UInt64($0), offset: Int64($0), store: "store-\($0)") }
        let value305 = board.take(Make.batch(records), time: Make.time)
        #expect(value305)
        #expect(board.open.isFull)
        for left in [true, false] {
            let value30 = board.begin()
            let (work, _) = try #require(value30)
            board.finish(work, .ended, [], spent: .zero, at: 0)
            let batch = board.takeBatch()
            board.written(batch, Make.deliveries(of: batch), now: .zero)
            #expect(board.open.isFull == left)
        }
    }

    @Test func `a held run waits without a time until it is released`() throws {
        var board = Make.board()
        let value31 = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        #expect(value31)
        let value32 = board.begin()
        let (work, run) = try #require(value32)
        board.finish(work, .held(.other), [], spent: .zero, at: 0)
        let batch = board.takeBatch()
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        let value105 = board.nextDue() == nil
        #expect(value105)
        board.release(now: .seconds(1_000_000))
        let value33 = board.begin() == nil
        #expect(value33)
        board.releaseHeld()
        let value34 = board.begin()?.run.key == run.key
        #expect(value34)
    }
}
