import Flow
import Kafka
import Pipeline
import Testing
import Workers

@Suite struct InDoubtTests {
    private typealias Make = SendBoardFixtures

    private static func note(_ run: QueuedRun, _ policy: ActionDefinition.InDoubtPolicy) -> StartNote {
        StartNote(run: run.key, store: run.store, position: run.position, policy: policy, doubt: nil)
    }

    /// A board with one attempt on its way.
    private static func started(_ policy: ActionDefinition.InDoubtPolicy, isAtomic: Bool = false) throws -> (
        board: SendBoard, work: SendBoard.Work, note: StartNote
    ) {
        var board = Make.board(isAtomic: isAtomic)
        _ = board.take(Make.batch([Make.record(1, offset: 0)]), time: Make.time)
        let begun = board.begin()
        let work = try #require(begun?.work)
        let note = note(work.run, policy)
        board.began(work, note)
        return (board, work, note)
    }

    /// The first run that goes to the waiting topic.
    private static func parked(_ effects: [PartitionQueue.Effect]) throws -> ParkedRun {
        let parked = effects.compactMap { effect -> ParkedRun? in
            if case .park(let run) = effect { run } else { nil }
        }
        return try #require(parked.first)
    }

    @Test func `a note survives its record`() throws {
        var note = Self.note(
            QueuedRun(
                key: RunKey(id: RunID(high: 1, low: 2), replay: 3), position: 7, orderingKey: nil, store: "s",
                record: nil),
            .ask)
        note.isNamed = true
        note.decision = .skip
        #expect(StartNote(note.record(topic: "sluice.waiting.slack", partition: 0)) == note)
        #expect(StartNote.run(ofKey: note.run.waitingKey) == nil)
        let decision = DecisionRecord(key: note.run, decision: .send)
        #expect(DecisionRecord(decision.record(topic: "sluice.actions.slack", partition: 0)) == decision)
    }

    @Test func `what must not be repeated begins only once its note is acknowledged`() throws {
        var (board, work, note) = try Self.started(.ask)
        #expect(board.hasPending)
        #expect(board.isNoted(work) == false)
        let batch = board.takeBatch()
        #expect(batch.writes.map(\.record) == [note.record(topic: "sluice.waiting.slack", partition: 0)])
        #expect(board.isNoted(work) == false)
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(board.isNoted(work) == true)
        board.revoke(Make.partition(0))
        #expect(board.isNoted(work) == nil)
    }

    @Test func `its note goes only after what came of it was committed`() throws {
        var (board, work, _) = try Self.started(.ask)
        var batch = board.takeBatch()
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        board.finish(work, .ended, [], spent: .zero, at: 0)
        batch = board.takeBatch()
        #expect(batch.offsets.map(\.offset) == [1])
        #expect(batch.writes.isEmpty)
        board.written(batch, [], now: .zero)
        #expect(board.hasPending)
        batch = board.takeBatch()
        #expect(batch.writes.map(\.record.key) == [StartNote.key(of: work.run.key)])
        #expect(batch.writes.first?.record.value == nil)
    }

    @Test func `in one transaction its note goes with what came of it`() throws {
        var (board, work, _) = try Self.started(.ask, isAtomic: true)
        var batch = board.takeBatch()
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        board.finish(work, .ended, [], spent: .zero, at: 0)
        batch = board.takeBatch()
        #expect(batch.offsets.map(\.offset) == [1])
        #expect(batch.writes.map(\.record.key) == [StartNote.key(of: work.run.key)])
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        #expect(!board.hasPending)
    }

    @Test
    func
        `every other attempt that is on its way is noted with what is written, and unnoted with its outcome`()
        throws
    {
        var (board, work, note) = try Self.started(.resend)
        #expect(!board.hasPending)
        let batch = board.takeBatch(notesStarts: true)
        #expect(batch.writes.map(\.record) == [note.record(topic: "sluice.waiting.slack", partition: 0)])
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        board.finish(work, .ended, [], spent: .zero, at: 0)
        let end = board.takeBatch()
        #expect(end.writes.map(\.record.key) == [StartNote.key(of: work.run.key)])
        #expect(end.offsets.map(\.offset) == [1])
    }

    @Test func `an attempt that ends before anything is written leaves no note`() throws {
        var (board, work, _) = try Self.started(.resend)
        board.finish(work, .ended, [], spent: .zero, at: 0)
        let value1 = board.takeBatch(notesStarts: true).writes.isEmpty
        #expect(value1)
    }

    @Test func `a run in doubt waits for a decision, and its key's followers behind it`() throws {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let runs = (0..<2).map { number in
            QueuedRun(
                key: RunKey(id: RunID(high: 1, low: UInt64(number)), replay: 0), position: Int64(number),
                orderingKey: "k", store: "s", record: WireRecord(topic: "a", key: nil, value: [1]))
        }
        queue.doubt(runs[0].key)
        for run in runs { _ = queue.take(run) }
        #expect(queue.heldCounts == [.decision: 1])
        queue.releaseHeld()
        let value2 = queue.takeReady().isEmpty
        #expect(value2)
        let effects = queue.decide(2, runs[0].key, .skip)
        #expect(effects?.contains(.decided(runs[0].key, .skip)) == true)
        let value3 = queue.takeReady().map(\.key) == [runs[0].key]
        #expect(value3)
        let value4 = queue.start(runs[0].key)?.decision == .skip
        #expect(value4)
        // A second decision changes nothing.
        let value5 = queue.decide(3, runs[0].key, .send) == [.settle(3, bytes: 0, store: "")]
        #expect(value5)
        _ = queue.finish(runs[0].key, .ended, spent: .zero, at: 0)
        let value6 = queue.takeReady().map(\.key) == [runs[1].key]
        #expect(value6)
    }

    @Test func `a decision that was written down holds after a restart`() throws {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 1))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        queue.decided(run.key, .skip)
        queue.restore(run, cause: .held(.decision), offset: 1, dueIn: nil, now: .zero)
        queue.restored(now: .zero)
        let value7 = queue.takeReady().map(\.key) == [run.key]
        #expect(value7)
        let value8 = queue.start(run.key)?.decision == .skip
        #expect(value8)
    }

    @Test func `a run in doubt whose retry waits is not retried unasked after a restart`() {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        queue.doubt(run.key)
        queue.restore(run, cause: .retry, offset: 1, dueIn: .zero, now: .zero)
        queue.restored(now: .seconds(10))
        queue.release(now: .seconds(20))
        let value9 = queue.takeReady().isEmpty
        #expect(value9)
        #expect(queue.heldCounts == [.decision: 1])
    }

    @Test func `where nobody knows what came of an attempt, its note stays and says so`() throws {
        var (board, work, note) = try Self.started(.ask)
        var batch = board.takeBatch()
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        board.finish(work, .held(.decision), [], spent: .zero, at: 0)
        batch = board.takeBatch()
        note.isNamed = true
        let written = batch.writes.map(\.record).last { $0.key == StartNote.key(of: work.run.key) }
        #expect(written == note.record(topic: "sluice.waiting.slack", partition: 0))
        #expect(written.flatMap { StartNote($0) }?.isAsking == true)
        board.written(batch, Make.deliveries(of: batch), now: .zero)
        // Nothing takes it away but a decision.
        let value10 = board.takeBatch(notesStarts: true).writes.isEmpty
        #expect(value10)
    }

    @Test func `what is looked for before it is sent again is noted first, too`() throws {
        let (board, work, _) = try Self.started(.checkThenResend)
        #expect(board.hasPending)
        #expect(board.isNoted(work) == false)
    }

    @Test func `a run that a predecessor may have sent is known as such until it was tried`() {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        queue.suspect(run.key)
        _ = queue.take(run)
        _ = queue.takeReady()
        let value11 = queue.start(run.key)?.isSuspect == true
        #expect(value11)
        let effects = queue.finish(run.key, .again(after: .zero), spent: .zero, at: 0)
        for case .park(let parked) in effects {
            queue.parked(run.key, stamp: parked.stamp, offset: 7, delay: .zero, now: .zero)
        }
        queue.release(now: .zero)
        _ = queue.takeReady()
        let second = queue.start(run.key)
        #expect(second?.isSuspect == false)
        #expect(second?.attempts == 1)
    }

    @Test func `a run that may have been sent is looked for also after a pause stood in its way`() throws {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        queue.suspect(run.key)
        _ = queue.take(run)
        _ = queue.takeReady()
        _ = queue.start(run.key)
        let effects = queue.finish(run.key, .held(.pause("connector/slack")), spent: .zero, at: 0)
        let parked = try Self.parked(effects)
        #expect(parked.record(topic: "w", partition: 0)?.header(HeaderName.mayHaveActed) == "1")
    }

    @Test func `the vendor is not looked at before it had its time, whoever takes over`() throws {
        let record = WireRecord(topic: "a", key: nil, value: [1])
        for isParked in [false, true] {
            var queue = PartitionQueue(ledger: OffsetLedger(start: isParked ? 1 : 0))
            let run = QueuedRun(
                key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: "k", store: "s",
                record: record)
            queue.suspect(run.key, lookIn: .seconds(50))
            if isParked {
                queue.restore(run, cause: .retry, offset: 7, dueIn: .zero, now: .zero)
                queue.restored(now: .zero)
            } else {
                let effects = queue.take(run) ?? []
                let parked = try Self.parked(effects)
                #expect(parked.delay == .seconds(50))
                #expect(parked.cause == .retry)
                queue.parked(run.key, stamp: parked.stamp, offset: 7, delay: parked.delay, now: .zero)
            }
            queue.release(now: .seconds(49))
            #expect(queue.takeReady().isEmpty, "parked before: \(isParked)")
            queue.release(now: .seconds(51))
            let ready = queue.takeReady()
            #expect(ready.map(\.key) == [run.key], "parked before: \(isParked)")
            let started = queue.start(run.key)
            #expect(started?.isSuspect == true)
        }
    }

    @Test func `a run that waits for a decision which nobody is asked for looks anew`() {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 1))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        queue.restore(run, cause: .held(.decision), offset: 1, dueIn: nil, now: .zero)
        queue.restored(now: .zero)
        #expect(queue.takeReady().map(\.key) == [run.key])
    }

    @Test func `what somebody decided to send is not looked for again, until another attempt leaves a doubt`()
        throws
    {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 1))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 1), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(
                topic: "a", key: nil, value: [1], headers: [WireHeader(HeaderName.mayHaveActed, "1")]))
        queue.decided(run.key, .send)
        queue.restore(run, cause: .held(.decision), offset: 1, dueIn: nil, now: .zero)
        queue.restored(now: .zero)
        var noted: [String?] = []
        for mayHaveActed in [false, true] {
            _ = queue.takeReady()
            _ = queue.start(run.key)
            let effects = queue.finish(
                run.key, .again(after: .zero, mayHaveActed: mayHaveActed), spent: .zero, at: 0)
            let parked = try Self.parked(effects)
            noted.append(parked.record(topic: "w", partition: 0)?.header(HeaderName.mayHaveActed))
            queue.parked(run.key, stamp: parked.stamp, offset: 7, delay: .zero, now: .zero)
            queue.release(now: .zero)
        }
        #expect(noted == ["0", "1"])
    }

    @Test(arguments: [false, true])
    func `whether an attempt may have acted is noted, and stays so`(mayHaveActed: Bool) throws {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: nil, store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        _ = queue.take(run)
        for verdict in [
            PartitionQueue.Verdict.again(after: .zero, mayHaveActed: mayHaveActed), .again(after: .zero),
        ] {
            _ = queue.takeReady()
            _ = queue.start(run.key)
            let effects = queue.finish(run.key, verdict, spent: .zero, at: 0)
            let parked = try Self.parked(effects)
            let record = try #require(parked.record(topic: "w", partition: 0))
            #expect(record.header(HeaderName.mayHaveActed) == (mayHaveActed ? "1" : "0"))
            queue.parked(run.key, stamp: parked.stamp, offset: 7, delay: .zero, now: .zero)
            queue.release(now: .zero)
        }
    }

    @Test func `a call that is done is kept for the next one, also in the waiting record`() throws {
        var queue = PartitionQueue(ledger: OffsetLedger(start: 0))
        let run = QueuedRun(
            key: RunKey(id: RunID(high: 1, low: 1), replay: 0), position: 0, orderingKey: "k", store: "s",
            record: WireRecord(topic: "a", key: nil, value: [1]))
        _ = queue.take(run)
        _ = queue.takeReady()
        _ = queue.start(run.key)
        let effects = queue.finish(
            run.key, .proceeded(checkpoint: Array("{\"campaign_id\":7}".utf8)), spent: .zero, at: 0)
        let parked = try Self.parked(effects)
        #expect(parked.delay == .zero)
        let record = try #require(parked.record(topic: "w", partition: 0))
        #expect(record.header(HeaderName.checkpoint) == "{\"campaign_id\":7}")
        #expect(WaitingNote(record)?.run.record?.header(HeaderName.checkpoint) == "{\"campaign_id\":7}")
        queue.parked(run.key, stamp: parked.stamp, offset: 7, delay: parked.delay, now: .zero)
        queue.release(now: .zero)
        _ = queue.takeReady()
        let next = queue.start(run.key)
        #expect(next?.record?.header(HeaderName.checkpoint) == "{\"campaign_id\":7}")
        // A second call takes the first one's place.
        let again = queue.finish(run.key, .proceeded(checkpoint: Array("{}".utf8)), spent: .zero, at: 0)
        for case .park(let parked) in again {
            #expect(parked.run.record?.headers.count { $0.name == HeaderName.checkpoint } == 1)
        }
    }
}
