import Flow
import Kafka
import Pipeline
import TestSupport
import Testing
import Workers

/// Drives the board through random takes, attempts, time and commits, and checks after each batch that no offset in it
/// runs ahead of its records: whatever the commit calls done has its effect in this batch or an earlier one.
@Suite struct SendBoardPropertyTests {
    @Test func `offsets never run ahead of records over 2,000 random histories`() throws {
        try withSeed(runs: 2000) { random in
            var history = History(using: &random)
            for _ in 0..<Int.random(in: 5...80, using: &random) { try history.step(using: &random) }
            try history.finish(using: &random)
        }
    }

    @Test func `a planted bug is found: a batch that loses one of its records`() {
        var found = false
        for seed in UInt64(0)..<200 where !found {
            var random = SplitMix64(seed: seed)
            var history = History(losesRecord: true, using: &random)
            do {
                for _ in 0..<80 { try history.step(using: &random) }
                try history.finish(using: &random)
            } catch {
                found = true
            }
        }
        #expect(found)
    }
}

private struct Violation: Error, CustomStringConvertible {
    let description: String
}

private struct Place: Hashable {
    let partition: Int32
    let offset: Int64
}

private struct History {
    private typealias Make = SendBoardFixtures
    private static let ends = "test_end"

    private var board: SendBoard
    private var log: [ConsumedRecord] = []
    private let losesRecord: Bool
    private var taken: Set<Place> = []
    private var running: [(work: SendBoard.Work, run: QueuedRun)] = []
    private var onTheWay: [SendBoard.Batch] = []
    /// Places whose effect a batch has brought: an end, a waiting record, a dead letter.
    private var effects: Set<Place> = []
    private var committed: [Int32: Int64] = [:]
    /// Settled in batches that are acknowledged.
    private var acknowledged = 0
    private var waitingOffset: Int64 = 0
    private var waiting: [Int64: WireRecord] = [:]
    private var now = Duration.zero

    init(losesRecord: Bool = false, using random: inout SplitMix64) {
        self.losesRecord = losesRecord
        let partitions = Int32.random(in: 1...3, using: &random)
        board = SendBoard(topics: Make.topics, openLimit: 1000, openBytes: 1 << 24)
        board.beginGeneration()
        for number in 0..<partitions {
            // A small limit of bytes and followers, so that runs are read again and parked behind each other, too.
            board.assign(
                Make.partition(number),
                PartitionQueue(ledger: OffsetLedger(start: 0), payloadLimit: 2000, followerLimit: 2))
        }
        var offsets: [Int32: Int64] = [:]
        for number in 0..<UInt64.random(in: 1...40, using: &random) {
            let partition = Int32.random(in: 0..<partitions, using: &random)
            let offset = offsets[partition, default: 0] + Int64.random(in: 0...1, using: &random)
            offsets[partition] = offset + 1
            let isReadable = Int.random(in: 0...9, using: &random) > 0
            let isDelayed = Int.random(in: 0...7, using: &random) == 0
            log.append(
                Make.record(
                    isReadable ? number : nil, offset: offset, partition: Make.partition(partition),
                    key: [nil, "a", "b"].randomElement(using: &random) ?? nil,
                    delay: isDelayed ? .seconds(5) : .zero))
        }
        log.reverse()
    }

    mutating func step(using random: inout SplitMix64) throws {
        switch Int.random(in: 0...9, using: &random) {
        case 0...2: try take(using: &random)
        case 3...4: begin()
        case 5...6: end(using: &random)
        case 7: try commit()
        case 8: acknowledge()
        default:
            now += .milliseconds(Int.random(in: 0...8000, using: &random))
            board.release(now: now)
            if Bool.random(using: &random) { board.releaseHeld() }
        }
        guard board.open.count == taken.count - acknowledged else {
            throw Violation(
                description: "\(board.open.count) open of \(taken.count) taken, \(acknowledged) settled")
        }
    }

    private mutating func take(using random: inout SplitMix64) throws {
        var records: [ConsumedRecord] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            guard let record = log.popLast() else { break }
            records.append(record)
            taken.insert(Place(partition: record.topicPartition.partition, offset: record.offset))
        }
        guard board.take(Make.batch(records), time: Make.time) else {
            throw Violation(description: "a current batch was refused")
        }
    }

    private mutating func begin() {
        if let work = board.next() { running.append((work, work.run)) }
        while let loads = board.takeLoads() {
            board.loaded(
                loads, loads.loads.compactMap { load in waiting[load.offset].map { (load.key, $0) } })
        }
    }

    private mutating func end(using random: inout SplitMix64) {
        guard !running.isEmpty else { return }
        let (work, run) = running.remove(at: Int.random(in: 0..<running.count, using: &random))
        switch Int.random(in: 0...4, using: &random) {
        case 0: board.finish(work, .again(after: .seconds(3), mayHaveActed: true), [], spent: .zero, at: 0)
        case 1: board.finish(work, .proceeded(checkpoint: [1, 2, 3]), [], spent: .zero, at: 0)
        case 2: board.finish(work, .held(.other), [], spent: .zero, at: 0)
        default: board.finish(work, .ended, [marker(work, run)], spent: .zero, at: 0)
        }
    }

    private func marker(_ work: SendBoard.Work, _ run: QueuedRun) -> WireRecord {
        WireRecord(
            topic: Make.topics.runs, partition: work.partition.partition, key: nil, value: [],
            headers: [WireHeader(Self.ends, run.position)])
    }

    private mutating func commit() throws {
        var batch = board.takeBatch()
        if losesRecord, !batch.writes.isEmpty { batch.writes.removeLast() }
        for write in batch.writes {
            let offset = [Self.ends, HeaderName.originOffset, HeaderName.deadOffset].lazy
                .compactMap { write.record.header($0) }.first.flatMap { Int64($0) }
            if let offset { effects.insert(Place(partition: write.partition.partition, offset: offset)) }
        }
        for commit in batch.offsets { try check(commit) }
        onTheWay.append(batch)
    }

    private mutating func check(_ commit: OffsetCommit) throws {
        let partition = commit.topicPartition.partition
        guard commit.offset >= committed[partition, default: 0] else {
            throw Violation(description: "the commit of \(partition) went back to \(commit.offset)")
        }
        committed[partition] = commit.offset
        let map = SettledMap(metadata: commit.metadata, frontier: commit.offset)
        for place in taken where place.partition == partition && !effects.contains(place) {
            if place.offset < commit.offset || map.ranges.contains(where: { $0.contains(place.offset) }) {
                throw Violation(
                    description: "\(place) is committed without its records, frontier \(commit.offset)")
            }
        }
    }

    /// Batches are acknowledged in the order in which they were taken.
    private mutating func acknowledge() {
        guard !onTheWay.isEmpty else { return }
        let batch = onTheWay.removeFirst()
        let deliveries = Make.deliveries(of: batch, from: waitingOffset)
        for (write, delivery) in zip(batch.writes, deliveries) {
            if let offset = delivery.offset { waiting[offset] = write.record }
        }
        waitingOffset += Int64(batch.writes.count)
        board.written(batch, deliveries, now: now)
        acknowledged += batch.settledCount
    }

    /// Everything ends: nothing is open, and every partition is committed to its end.
    mutating func finish(using random: inout SplitMix64) throws {
        while !log.isEmpty { try take(using: &random) }
        for _ in 0..<400 {
            while let (work, run) = running.popLast() {
                board.finish(work, .ended, [marker(work, run)], spent: .zero, at: 0)
            }
            try commit()
            while !onTheWay.isEmpty { acknowledge() }
            now += .seconds(10)
            board.release(now: now)
            board.releaseHeld()
            for _ in 0..<50 { begin() }
            if running.isEmpty, !board.hasPending, board.nextDue() == nil { break }
        }
        guard board.open.count == 0, board.open.bytes == 0 else {
            throw Violation(
                description: "\(board.open.count) records and \(board.open.bytes) bytes stay open")
        }
        for place in taken where place.offset >= committed[place.partition, default: 0] {
            throw Violation(description: "\(place) was never committed")
        }
    }
}
