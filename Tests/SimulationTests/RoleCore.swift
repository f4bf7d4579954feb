import Flow
import Kafka
import Pipeline
import TestSupport

/// What a role writes in one commit.
struct RoleWrite {
    let records: [WireRecord]
    let offsets: [OffsetCommit]
}

/// What a role does of its own; its process does what all roles share: joining, reading, writing.
protocol RoleCore: AnyObject {
    func beginGeneration()
    /// Does the next step of what has to be known before a record is taken.
    func prepare(_ preparation: inout Preparation) throws -> Preparation.Progress
    func assign(_ preparation: Preparation, tenure: Int) throws
    func beginRevocation()
    func revoke(_ partitions: [Int], isLost: Bool)

    var hasRoom: Bool { get }
    /// False where the batch is of an assignment that is over.
    func take(_ batch: ConsumerBatch) throws -> Bool
    /// One of its own steps; false where there is none to do.
    func work(using random: inout SplitMix64) throws -> Bool

    /// Nothing is running, nothing is to be written.
    var isDrained: Bool { get }
    func takeWrite(using random: inout SplitMix64) -> RoleWrite?
    func written(_ deliveries: [Delivery])
    /// Its process was killed, or lost its partitions: what it had open may be done again, unless the write that is on
    /// its way was taken.
    func lost(isWriteDecided: Bool)
    /// A time will come at which it looks again.
    var hasTimer: Bool { get }
    /// Begins nothing new.
    func stop()
    func checkIdle() throws
}

/// What a process finds out about its partitions before it takes a record of them.
struct Preparation {
    enum Progress {
        case going, blocked
        /// Records have to be written first.
        case write([WireRecord])
        case prepared
    }

    struct Start {
        let partition: Int
        let offset: Int64
        let metadata: String?
    }

    let partitions: [Int]
    /// Where the waiting partitions ended when it was asked.
    var waitingEnds: [Int: Int64] = [:]
    private var known: [Start]?
    var deliveries: [Delivery]?

    init(partitions: [Int]) {
        self.partitions = partitions
    }

    /// Where the group goes on; nil while its offsets are not stable.
    mutating func starts(_ cluster: SimulatedCluster, _ role: SimulatedCluster.Role) -> [Start]? {
        if let known { return known }
        guard let commits = cluster.committed(partitions, by: role) else { return nil }
        known = zip(partitions, commits).map {
            Start(partition: $0, offset: $1?.offset ?? 0, metadata: $1?.metadata)
        }
        return known
    }
}
