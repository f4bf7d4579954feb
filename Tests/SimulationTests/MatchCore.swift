import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

/// A matcher's decisions, with the steps of `MatcherSession` around them.
final class MatchCore: RoleCore {
    private let world: World
    private let cluster: SimulatedCluster
    /// The local clock's distance to the brokers', ms.
    private let skew: Int64
    private var board = MatchBoard()
    private var windows: [TopicPartition: DuplicateWindow<RunID>] = [:]

    private static let duplicateIDs: Int64 = 200_000
    private static let duplicateAge: Int64 = 24 * 3600 * 1000
    private static let payloadLimit = 50_000

    init(world: World, cluster: SimulatedCluster, skew: Int64) {
        self.world = world
        self.cluster = cluster
        self.skew = skew
    }

    private var localTime: Int64 { cluster.milliseconds + skew }

    // MARK: Assignments

    func beginGeneration() {
        board.generation += 1
        board.isRevoking = false
    }

    /// The duplicate windows, from the tails before the commits.
    func prepare(_ preparation: inout Preparation) throws -> Preparation.Progress {
        guard let starts = preparation.starts(cluster, .matcher) else { return .blocked }
        windows = [:]
        for start in starts {
            let partition = cluster.layout.partitions[start.partition]
            var window = DuplicateWindow<RunID>(
                countLimit: Int(Self.duplicateIDs), ageLimit: Self.duplicateAge)
            let tail = cluster.partitions[start.partition].read(
                from: max(0, start.offset - Self.duplicateIDs), to: start.offset)
            for entry in tail {
                TriggerDecision.remember(
                    cluster.record(entry, of: start.partition), connector: World.source, window: &window,
                    catalogue: world.catalogue, payloadLimit: Self.payloadLimit, now: localTime)
            }
            windows[partition] = window
        }
        return .prepared
    }

    func assign(_ preparation: Preparation, tenure: Int) throws {
        board.windows = windows
    }

    func beginRevocation() {
        board.isRevoking = true
    }

    func revoke(_ partitions: [Int], isLost: Bool) {
        for partition in partitions { board.forget(cluster.layout.partitions[partition]) }
        if board.windows.isEmpty || isLost {
            board.records = []
            board.byteCount = 0
        }
    }

    // MARK: Work

    var hasRoom: Bool { board.records.count < 20 }

    func take(_ batch: ConsumerBatch) throws -> Bool {
        guard batch.generation == board.generation, !board.isRevoking else { return false }
        for record in batch.records {
            guard board.windows[record.topicPartition] != nil else {
                throw Violation("\(record.topicPartition) has no window")
            }
            let decision = TriggerDecision(
                for: record, connector: World.source, partitionCount: cluster.layout.triggers.count,
                window: &board.windows[record.topicPartition, default: DuplicateWindow(countLimit: 1)],
                directory: world.directory(.none), catalogue: world.catalogue, topics: world.topics,
                payloadLimit: Self.payloadLimit, time: "t", now: localTime)
            board.records += decision.records.map(\.producerRecord)
            board.decided(record.offset, of: record.topicPartition)
        }
        for end in batch.ends where board.windows[end.topicPartition] != nil { board.reached(end) }
        return true
    }

    func work(using random: inout SplitMix64) throws -> Bool {
        guard !board.hasPending, Int.random(in: 0..<8, using: &random) == 0 else { return false }
        board.commitEnds()
        return board.hasPending
    }

    // MARK: Writing

    var isDrained: Bool { !board.hasPending }

    func takeWrite(using random: inout SplitMix64) -> RoleWrite? {
        let (records, offsets, _) = board.take()
        guard !offsets.isEmpty else { return nil }
        // Sorted, so that the same history tells itself in the same words.
        return RoleWrite(
            records: records.map { WireRecord($0) },
            offsets: offsets.sorted { $0.topicPartition < $1.topicPartition })
    }

    func written(_ deliveries: [Delivery]) {
        board.isWriting = false
    }

    func lost(isWriteDecided: Bool) {}

    func stop() {}

    var hasTimer: Bool { false }

    func checkIdle() throws {
        guard !board.hasPending, board.records.isEmpty else {
            throw Violation("S8: a matcher keeps \(board.records.count) records")
        }
    }
}
