import Flow
import Kafka
import Pipeline
import TestSupport

/// One commit of a role on its way: the steps of `OutputWriter`, one at a time, so that a crash can come between any
/// two.
///
/// Exactly once: records, offsets and the end of one transaction. At least once: records, tombstones, offsets.
struct SimulatedWriter {
    enum Progress {
        case going
        /// Something has to happen elsewhere first.
        case blocked
        case done([Delivery])
        /// The session ends.
        case failed(Failure)
        /// The process ends.
        case fenced
    }

    enum Failure: String {
        case unknownOutcome = "the commit's outcome is unknown"
        case generation = "the group has moved on"
        case expired = "the transaction took too long"
    }

    private enum Stage {
        case begin, records, offsets, commit, acknowledge
    }

    let records: [WireRecord]
    let offsets: [OffsetCommit]
    let member: SimulatedGroup.Membership?
    let role: SimulatedCluster.Role
    /// Kafka has taken it for good, whether or not the process ever learns of it.
    private(set) var isDecided = false
    /// In the order in which they are sent.
    private let order: [Int]
    private var sent = 0
    private var deliveries: [Delivery?]
    private var transaction: Int?
    private var stage = Stage.begin
    private var began: Int64 = .max

    init(
        _ records: [WireRecord], offsets: [OffsetCommit], as member: SimulatedGroup.Membership?,
        role: SimulatedCluster.Role, mode: DeliveryMode
    ) {
        self.records = records
        self.offsets = offsets
        self.member = member
        self.role = role
        deliveries = Array(repeating: nil, count: records.count)
        let isLast = OutputWriter.lastTombstones(records.map(\.producerRecord))
        order =
            mode == .exactlyOnce
            ? Array(records.indices)
            : records.indices.filter { !isLast[$0] } + records.indices.filter { isLast[$0] }
    }

    /// Does the next step.
    ///
    /// - Parameter faults: of a thousand commits, so many whose answer never comes.
    mutating func advance(
        _ cluster: SimulatedCluster, producer: Int, epoch: Int, faults: Int, using random: inout SplitMix64
    ) throws -> Progress {
        do {
            switch stage {
            case .begin: return try begin(cluster, producer, epoch)
            case .records: try send(cluster, using: &random)
            case .offsets: try commitOffsets(cluster)
            case .commit:
                let isLost = Int.random(in: 0..<1000, using: &random) < faults
                if let transaction {
                    // The request may be lost on its way there, too.
                    if isLost, Bool.random(using: &random) { return .failed(.unknownOutcome) }
                    try cluster.commit(transaction)
                    isDecided = true
                }
                if isLost { return .failed(.unknownOutcome) }
                stage = .acknowledge
            case .acknowledge: return .done(deliveries.compactMap { $0 })
            }
            return .going
        } catch SimulatedCluster.Refusal.generation {
            if let transaction { cluster.abort(transaction) }
            return .failed(.generation)
        } catch SimulatedCluster.Refusal.fenced {
            // Beyond its time-out the broker ends a transaction in the way in which it fences a namesake.
            let hasExpired = cluster.now - began > SimulatedCluster.transactionTimeout - 1_000_000
            return hasExpired ? .failed(.expired) : .fenced
        }
    }

    private mutating func begin(_ cluster: SimulatedCluster, _ producer: Int, _ epoch: Int) throws -> Progress
    {
        if cluster.mode == .exactlyOnce {
            guard let number = try cluster.begin(producer, epoch: epoch) else { return .blocked }
            transaction = number
            began = cluster.now
        }
        stage = .records
        return .going
    }

    private mutating func send(_ cluster: SimulatedCluster, using random: inout SplitMix64) throws {
        let rest = order.count - sent
        for index in order[sent...].prefix(rest > 1 ? Int.random(in: 1...rest, using: &random) : rest) {
            sent += 1
            guard let partition = cluster.layout.number(of: records[index]) else {
                throw Violation("a record for \(records[index].topic), which is not there")
            }
            let delivery =
                if let transaction {
                    try cluster.append(records[index], to: partition, in: transaction)
                } else {
                    try cluster.append(records[index], to: partition)
                }
            // A broker that recognises a repeated batch tells no offset.
            let isRepeated = Int.random(in: 0..<50, using: &random) == 0
            deliveries[index] =
                isRepeated
                ? Delivery(
                    topicPartition: delivery.topicPartition, offset: nil, appendTime: delivery.appendTime)
                : delivery
        }
        if sent == order.count { stage = .offsets }
    }

    private mutating func commitOffsets(_ cluster: SimulatedCluster) throws {
        if !offsets.isEmpty, let member {
            if let transaction {
                try cluster.add(offsets, of: role, as: member, in: transaction)
            } else {
                try cluster.commit(offsets, of: role, as: member)
                isDecided = true
            }
        }
        stage = .commit
    }
}
