import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

/// One partition with its waiting topic, and one owner after another.
struct FloorHistory {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// What came up.
    struct Tally {
        var takeovers = 0
        /// Records of the waiting topic that takeovers read, and that they left out.
        var read = 0
        var leftOut = 0
        var strangers = 0
        var untold = 0
        var doubts = 0
        var replaced = 0
        /// Takeovers that had nothing to read.
        var whole = 0

        mutating func add(_ other: Tally) {
            takeovers += other.takeovers
            read += other.read
            leftOut += other.leftOut
            strangers += other.strangers
            untold += other.untold
            doubts += other.doubts
            replaced += other.replaced
            whole += other.whole
        }
    }

    private typealias Make = SendBoardFixtures
    private static let actions = SendBoardFixtures.partition(0)
    static let waiting = TopicPartition(topic: SendBoardFixtures.topics.waiting("slack"), partition: 0)

    let raisesFloor: Bool
    private let isAtomic: Bool
    /// What else writes to the waiting topic, in percent of the steps.
    private let strange: Int
    private let payloadLimit: Int
    var tally = Tally()

    // Durable.
    private var log: [ConsumedRecord] = []
    private var topic = FloorTopic()
    private var committed = OffsetCommit(topicPartition: FloorHistory.actions, offset: 0)
    private var lastFloor: Int64 = 0

    // The owner's.
    private var board: SendBoard
    private var nextToRead = 0
    private var running: [SendBoard.Work] = []
    private var now = Duration.zero

    init(raisesFloor: Bool = false, using random: inout SplitMix64) {
        self.raisesFloor = raisesFloor
        isAtomic = Bool.random(using: &random)
        strange = [0, 0, 3].randomElement(using: &random) ?? 0
        payloadLimit = Bool.random(using: &random) ? 1 : 1 << 20
        board = SendBoard(topics: Make.topics, openLimit: 1, openBytes: 1)
    }

    mutating func run(using random: inout SplitMix64) throws {
        try takeOver(using: &random)
        for _ in 0..<Int.random(in: 20...250, using: &random) { try step(using: &random) }
    }

    private mutating func step(using random: inout SplitMix64) throws {
        if Int.random(in: 0..<100, using: &random) < strange { writeStrange(using: &random) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0...2: try take(using: &random)
        case 3...8: begin()
        case 9...12: for _ in 0..<2 { end(using: &random) }
        case 13...16: try commit(using: &random)
        case 17...18:
            now += .milliseconds(Int.random(in: 0...8_000, using: &random))
            board.release(now: now)
            if Bool.random(using: &random) { board.releaseHeld() }
        default:
            // A partition that is given back has nothing open; one whose owner dies may have.
            if Bool.random(using: &random) { try commit(using: &random) }
            if Int.random(in: 0..<2, using: &random) == 0 { try takeOver(using: &random) }
        }
    }

    // MARK: Work

    private mutating func take(using random: inout SplitMix64) throws {
        if nextToRead == log.count { log.append(action(using: &random)) }
        let count = min(log.count - nextToRead, Int.random(in: 1...3, using: &random))
        let records = Array(log[nextToRead..<(nextToRead + count)])
        nextToRead += count
        guard board.take(Make.batch(records), time: Make.time) else {
            throw Violation(description: "a current batch was refused")
        }
    }

    /// A new run, a copy that is sent again after its dead letter, or what somebody decided about one.
    private func action(using random: inout SplitMix64) -> ConsumedRecord {
        let offset = Int64(log.count)
        let waiting = topic.waitingRuns.randomElement(using: &random)
        switch (Int.random(in: 0..<6, using: &random), waiting) {
        case (0...1, let key?):
            let decision = [Decision.send, .skip, .release].randomElement(using: &random) ?? .send
            let wire = DecisionRecord(key: key, decision: decision)
                .record(topic: Self.actions.topic, partition: 0)
            return FloorTopic.consumed(wire, at: offset, of: Self.actions)
        case (2, let key?):
            var record = WireRecord(Make.record(key.id.low, offset: 0, key: "a"))
            record.headers.append(WireHeader(HeaderName.replay, key.replay + 1))
            return FloorTopic.consumed(record, at: offset, of: Self.actions)
        default:
            return Make.record(
                UInt64(log.count), offset: offset, key: [nil, "a", "b"].randomElement(using: &random) ?? nil,
                delay: Int.random(in: 0...7, using: &random) == 0 ? .seconds(5) : .zero)
        }
    }

    private mutating func begin() {
        while let loads = board.takeLoads() {
            board.loaded(
                loads, loads.loads.compactMap { load in topic.record(at: load.offset).map { (load.key, $0) } }
            )
        }
        for _ in 0..<2 {
            if let work = board.next(now: now) { begin(work) }
        }
    }

    private mutating func begin(_ work: SendBoard.Work) {
        let policies = ActionDefinition.InDoubtPolicy.allCases
        // A run's action, and so its policy, stays the same.
        let policy = policies[Int(work.run.key.id.low) % policies.count]
        let report = RunRecord.end(.init(run: Make.workflowRun(), end: .succeeded, reason: nil))
        board.began(
            work,
            StartNote(
                run: work.run.key, store: "s", position: work.run.position, policy: policy, doubt: report))
        running.append(work)
    }

    private mutating func end(using random: inout SplitMix64) {
        guard let index = running.indices.randomElement(using: &random) else { return }
        let work = running.remove(at: index)
        let verdict: PartitionQueue.Verdict =
            switch Int.random(in: 0..<30, using: &random) {
            case 0...5: .again(after: .seconds(3))
            case 6...7: .held(.other)
            case 8: .held(.deadLetter)
            case 9: .held(.decision)
            default: .ended
            }
        board.finish(work, verdict, [], spent: .zero, at: 0)
    }

    private mutating func writeStrange(using random: inout SplitMix64) {
        tally.strangers += 1
        let key: [UInt8]? =
            [nil, Array("junk\(tally.strangers)".utf8), Array("clock".utf8)]
            .randomElement(using: &random) ?? nil
        let isProbe = key == Array("clock".utf8)
        topic.append(WireRecord(topic: Self.waiting.topic, key: key, value: isProbe ? nil : [1]))
    }

    // MARK: Commits

    private mutating func commit(using random: inout SplitMix64) throws {
        let batch = board.takeBatch(notesStarts: Bool.random(using: &random))
        // Its owner may die at any moment of it.
        let fate = Int.random(in: 0..<40, using: &random)
        if fate == 0 { return try takeOver(using: &random) }
        let deliveries = topic.write(
            batch.writes.map(\.record), isAtomic: isAtomic, isCommitted: fate > 1 || !isAtomic,
            strange: strange, &tally, using: &random)
        if fate == 1 { return try takeOver(using: &random) }
        if let commit = batch.offsets.last { try keep(commit) }
        if fate == 2 { return try takeOver(using: &random) }
        board.written(batch, deliveries, now: now)
    }

    private mutating func keep(_ commit: OffsetCommit) throws {
        let map = SettledMap(metadata: commit.metadata, frontier: commit.offset)
        var floor = SettledMap.floor(in: commit.metadata)
        if raisesFloor { floor = floor.map { $0 + 1 } }
        committed = OffsetCommit(
            topicPartition: commit.topicPartition, offset: commit.offset,
            metadata: map.metadata(frontier: commit.offset, floor: floor))
        guard floor ?? 0 >= lastFloor else {
            throw Violation(description: "P4: the floor goes back from \(lastFloor) to \(floor ?? 0)")
        }
        lastFloor = floor ?? 0
        guard lastFloor <= topic.first ?? .max else {
            throw Violation(
                description: "P1: the floor is \(lastFloor), a record counts at \(topic.first ?? 0)")
        }
    }

    /// P1: what the floor leaves says the same as the whole topic.
    private func check() throws {
        let floor = SettledMap.floor(in: committed.metadata) ?? 0
        let (part, whole) = (topic.contents(from: floor), topic.contents(from: 0))
        guard part == whole else {
            throw Violation(description: "P1: from \(floor) on it says \(part), and in whole \(whole)")
        }
    }

    // MARK: Takeovers

    private mutating func takeOver(using random: inout SplitMix64) throws {
        try check()
        topic.abort()
        let floor = SettledMap.floor(in: committed.metadata) ?? 0
        tally.takeovers += 1
        tally.read += topic.count - topic.count(below: floor)
        tally.leftOut += topic.count(below: floor)
        if topic.count > 0, topic.count == topic.count(below: floor) { tally.whole += 1 }
        var queue = PartitionQueue(
            ledger: OffsetLedger(
                start: committed.offset,
                map: SettledMap(metadata: committed.metadata, frontier: committed.offset)),
            payloadLimit: payloadLimit, followerLimit: 2, loadLimit: 2)
        var state = topic.state(from: floor)
        queue.waitingRead(upTo: topic.end)
        var writes = state.letters(Make.topics, time: Make.time)
        let replaced = state.removeReplaced()
        tally.replaced += replaced.count
        writes += replaced.map {
            WireRecord(topic: Self.waiting.topic, partition: 0, key: $0.waitingKey, value: nil)
        }
        let starts = FoundStarts(in: state, of: Self.waiting, ledger: queue.ledger, Make.topics)
        tally.doubts += starts.newDoubts.count
        writes += starts.writes
        let isEmpty = state.isEmpty
        queue.restore(state, starts.notes, isAnew: false, brokerTime: nil, localTime: 0, now: now)
        if !isEmpty {
            let probe = WireRecord(topic: Self.waiting.topic, key: Array("clock".utf8), value: nil)
            let deliveries = topic.write(
                [probe], isAtomic: isAtomic, isCommitted: true, strange: strange, &tally, using: &random)
            queue.waitingAcknowledged(probe.key, isTombstone: true, offset: deliveries.first?.offset)
            queue.waitingBatchEnded(isAtomic: isAtomic)
        }
        board = SendBoard(
            topics: Make.topics, openLimit: 1000, openBytes: 1 << 24, isAtomic: isAtomic)
        board.beginGeneration()
        board.assign(Self.actions, queue)
        board.write(writes, of: Self.actions)
        board.found(starts.notes, of: Self.actions)
        nextToRead = log.firstIndex { $0.offset >= committed.offset } ?? log.count
        running = []
    }
}
