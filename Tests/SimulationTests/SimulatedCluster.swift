import Flow
import Kafka
import Pipeline
import TestSupport

/// The simulated brokers: partitions, transactions, producers' epochs and groups, and the one clock that counts.
///
/// What a transaction wrote is told to the truth when it is decided; readers see it partition by partition, as its
/// markers arrive.
final class SimulatedCluster {
    enum Role: Int, CaseIterable {
        case matcher, sender
    }

    /// Why a request is refused.
    enum Refusal: Error {
        /// A newer producer has the name, or the transaction took too long.
        case fenced
        /// The group has moved on.
        case generation
    }

    private struct Transaction {
        let number: Int
        let producer: Int
        let began: Int64
        var partitions: [Int] = []
        var offsets: (role: Role, commits: [OffsetCommit])?
        /// Nil while it goes on.
        var isCommitted: Bool?
    }

    /// How long a transaction may take before it is aborted, µs.
    static let transactionTimeout: Int64 = 20_000_000

    let layout: Layout
    let mode: DeliveryMode
    private let truth: Truth
    /// µs.
    var now: Int64 = 1_000_000_000_000
    var partitions: [SimulatedPartition]
    var groups: [SimulatedGroup]
    private var epochs: [Int: Int] = [:]
    private var transactions: [Transaction] = []
    private var lastTransaction = 0

    init(layout: Layout, mode: DeliveryMode, isStatic: Bool, truth: Truth) {
        self.layout = layout
        self.mode = mode
        self.truth = truth
        partitions = Array(repeating: SimulatedPartition(), count: layout.partitions.count)
        groups = [
            SimulatedGroup(isStatic: isStatic, topics: [layout.triggers]),
            SimulatedGroup(isStatic: isStatic, topics: layout.actions),
        ]
    }

    private var lastTenure = 0

    /// Numbers the times for which owners hold partitions.
    func nextTenure() -> Int {
        lastTenure += 1
        return lastTenure
    }

    /// Append time as records have it.
    var milliseconds: Int64 { now / 1000 }

    // MARK: Transactions

    /// Gives a producer its epoch, which ends a namesake's transaction first.
    ///
    /// - Returns: nil while that one is not over.
    func initialize(_ producer: Int) -> Int? {
        guard let index = transactions.firstIndex(where: { $0.producer == producer }) else {
            epochs[producer, default: 0] += 1
            return epochs[producer]
        }
        if transactions[index].isCommitted == nil {
            epochs[producer, default: 0] += 1
            abort(at: index)
        }
        return nil
    }

    /// - Returns: nil while the producer's last transaction is not over.
    func begin(_ producer: Int, epoch: Int) throws(Refusal) -> Int? {
        guard epochs[producer] == epoch else { throw .fenced }
        if transactions.contains(where: { $0.producer == producer }) { return nil }
        lastTransaction += 1
        transactions.append(Transaction(number: lastTransaction, producer: producer, began: now))
        return lastTransaction
    }

    private func index(of transaction: Int) throws(Refusal) -> Int {
        guard let index = transactions.firstIndex(where: { $0.number == transaction }),
            transactions[index].isCommitted == nil
        else { throw .fenced }
        return index
    }

    func append(_ record: WireRecord, to partition: Int, in transaction: Int) throws(Refusal) -> Delivery {
        let index = try index(of: transaction)
        if !transactions[index].partitions.contains(partition) {
            transactions[index].partitions.append(partition)
        }
        return deliver(record, to: partition, transaction)
    }

    private func deliver(_ record: WireRecord, to partition: Int, _ transaction: Int) -> Delivery {
        let offset = partitions[partition].append(record, transaction: transaction, at: now)
        return Delivery(
            topicPartition: layout.partitions[partition], offset: offset, appendTime: milliseconds)
    }

    func add(
        _ commits: [OffsetCommit], of role: Role, as member: SimulatedGroup.Membership, in transaction: Int
    ) throws(Refusal) {
        let index = try index(of: transaction)
        guard groups[role.rawValue].accepts(member) else { throw .generation }
        transactions[index].offsets = (role, commits)
    }

    func commit(_ transaction: Int) throws {
        let index = try index(of: transaction)
        transactions[index].isCommitted = true
        let decided = transactions[index]
        for partition in decided.partitions {
            for entry in partitions[partition].entries(of: transaction) {
                try truth.appended(entry, to: partition)
            }
        }
        if let offsets = decided.offsets { try told(offsets.commits, of: offsets.role) }
        try truth.check()
        retire(at: index)
    }

    func abort(_ transaction: Int) {
        guard let index = try? index(of: transaction) else { return }  // it is over already
        abort(at: index)
    }

    private func abort(at index: Int) {
        transactions[index].isCommitted = false
        transactions[index].offsets = nil
        retire(at: index)
    }

    /// A transaction that touched nothing needs no markers.
    private func retire(at index: Int) {
        if transactions[index].partitions.isEmpty, transactions[index].offsets == nil {
            transactions.remove(at: index)
        }
    }

    var hasMarkers: Bool { transactions.contains { $0.isCommitted != nil } }
    var hasTransactions: Bool { !transactions.isEmpty }

    /// One marker of a decided transaction arrives: at a partition, or at the group's offsets.
    func deliverMarker(using random: inout SplitMix64) -> Bool {
        let decided = transactions.indices.filter { transactions[$0].isCommitted != nil }
        guard let index = decided.randomElement(using: &random) else { return false }
        let transaction = transactions[index]
        let choices = transaction.partitions.count + (transaction.offsets == nil ? 0 : 1)
        let choice = Int.random(in: 0..<max(1, choices), using: &random)
        if choice < transaction.partitions.count {
            partitions[transaction.partitions[choice]].finish(
                transaction.number, isCommitted: transaction.isCommitted == true)
            transactions[index].partitions.remove(at: choice)
        } else if let offsets = transaction.offsets {
            keep(offsets.commits, of: offsets.role)
            transactions[index].offsets = nil
        }
        retire(at: index)
        return true
    }

    /// Transactions that took too long are aborted, and their producers with them.
    func expireTransactions() {
        while let index = transactions.firstIndex(where: {
            $0.isCommitted == nil && now - $0.began > Self.transactionTimeout
        }) {
            epochs[transactions[index].producer, default: 0] += 1
            abort(at: index)
        }
    }

    // MARK: Without transactions

    func append(_ record: WireRecord, to partition: Int) throws -> Delivery {
        let delivery = deliver(record, to: partition, 0)
        if let entry = partitions[partition].entries.last { try truth.appended(entry, to: partition) }
        try truth.check()
        return delivery
    }

    func commit(_ commits: [OffsetCommit], of role: Role, as member: SimulatedGroup.Membership) throws {
        guard groups[role.rawValue].accepts(member) else { throw Refusal.generation }
        try told(commits, of: role)
        try truth.check()
        keep(commits, of: role)
    }

    // MARK: Offsets

    private func told(_ commits: [OffsetCommit], of role: Role) throws {
        for commit in commits {
            guard let partition = layout.number(of: commit.topicPartition) else { continue }
            try truth.committed(commit, of: partition, by: role)
        }
    }

    private func keep(_ commits: [OffsetCommit], of role: Role) {
        for commit in commits {
            guard let partition = layout.number(of: commit.topicPartition) else { continue }
            groups[role.rawValue].committed[partition] = SimulatedGroup.Commit(
                offset: commit.offset, metadata: commit.metadata)
        }
    }

    /// A group's commits; nil while a transaction that changes them is not over: readers of stable offsets wait.
    func committed(_ partitions: [Int], by role: Role) -> [SimulatedGroup.Commit?]? {
        let isPending = transactions.contains { transaction in
            guard let offsets = transaction.offsets, offsets.role == role else { return false }
            return offsets.commits.contains { commit in
                layout.number(of: commit.topicPartition).map { partitions.contains($0) } ?? false
            }
        }
        return isPending ? nil : partitions.map { groups[role.rawValue].committed[$0] }
    }

    // MARK: Reading

    func record(_ entry: SimulatedPartition.Entry, of partition: Int) -> ConsumedRecord {
        ConsumedRecord(
            topicPartition: layout.partitions[partition], offset: entry.offset, timestamp: entry.time / 1000,
            timestampKind: .append, key: entry.record.key, value: entry.record.value,
            headers: entry.record.headers.map { RecordHeader(name: $0.name, value: $0.value) })
    }
}
