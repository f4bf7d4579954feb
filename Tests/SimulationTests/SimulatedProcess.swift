import Flow
import Kafka
import Pipeline
import TestSupport

/// One process of a role: it joins its group, reads, and writes what its core made of it, a step at a time.
final class SimulatedProcess {
    private enum Phase {
        /// Its producer gets its epoch.
        case beginning
        case joining
        case preparing(Preparation)
        case reading
        /// Requests on the wire end, what they came to is committed.
        case revoking
        case over
    }

    /// In its group.
    let name: Int
    /// Whose place it takes.
    let slot: Int
    let role: SimulatedCluster.Role
    let number: Int
    private let producer: Int
    private let cluster: SimulatedCluster
    private let truth: Truth
    private let trace: Trace
    private let makeCore: (SimulatedProcess) -> any RoleCore
    private(set) var core: (any RoleCore)?
    private var phase = Phase.beginning
    private var epoch = 0
    private var member = 0
    /// Under which its partitions were given.
    private(set) var membership: SimulatedGroup.Membership?
    private var partitions: [Int] = []
    private var positions: [Int: Int64] = [:]
    private var generation = 0
    private var buffer: ConsumerBatch?
    private var write: SimulatedWriter?
    private var isPreparingWrite = false
    private var hasNotedLoss = false
    /// It does nothing, as a stopped or starved process, and doesn't know.
    var isPaused = false
    /// It was told to end.
    private(set) var isStopping = false
    /// Of a thousand commits, so many whose answer never comes.
    var commitFaults = 0

    init(
        name: Int, number: Int, role: SimulatedCluster.Role, producer: Int, slot: Int,
        cluster: SimulatedCluster, truth: Truth, trace: Trace,
        core: @escaping (SimulatedProcess) -> any RoleCore
    ) {
        self.name = name
        self.number = number
        self.role = role
        self.producer = producer
        self.slot = slot
        self.cluster = cluster
        self.truth = truth
        self.trace = trace
        makeCore = core
        self.core = core(self)
    }

    var label: String { "\(role) \(name).\(number)" }
    var isOver: Bool { if case .over = phase { true } else { false } }
    private var group: SimulatedGroup { cluster.groups[role.rawValue] }

    /// The group knows it as the owner of what it holds.
    var isCurrent: Bool { membership.map { group.accepts($0) } ?? false }
    /// It holds partitions that the group has given to others.
    var hasLost: Bool { hasNotedLoss }

    /// A client's own thread, whatever the rest does.
    func heartbeat() {
        cluster.groups[role.rawValue].heartbeat(member, at: cluster.now)
    }

    // MARK: Ends

    /// kill -9.
    func kill() {
        noteLoss()
        phase = .over
        core = nil
    }

    /// SIGTERM.
    func stop() {
        isStopping = true
        core?.stop()
    }

    /// Tells what it had open, once, when the group gave its partitions to others or it is gone.
    func noteLoss() {
        guard !hasNotedLoss, membership != nil else { return }
        hasNotedLoss = true
        core?.lost(isWriteDecided: write?.isDecided ?? false)
    }

    /// The session ends, and the next one begins, with a new core and the same name.
    func restart(_ reason: String) {
        trace.note("\(label) begins anew: \(reason)")
        leave()
        core = makeCore(self)
        if isStopping { phase = .over } else { phase = .beginning }
    }

    private func leave() {
        noteLoss()
        cluster.groups[role.rawValue].leave(member)
        forget()
        member = 0
        generation = 0
        // What was fetched stays on its way when partitions change, not when the client goes.
        buffer = nil
        write = nil
        isPreparingWrite = false
    }

    private func forget() {
        membership = nil
        hasNotedLoss = false
        partitions = []
        positions = [:]
    }

    // MARK: Steps

    /// Does one step; false where there is nothing to do.
    func step(using random: inout SplitMix64) throws -> Bool {
        guard !isPaused, !isOver, let core else { return false }
        if case .beginning = phase { return begin() }
        heartbeat()
        let first = Int.random(in: 0..<8, using: &random)
        for turn in 0..<8 {
            let isDone =
                switch (first + turn) % 8 {
                case 0: try follow(core)
                case 1, 2: try advanceWrite(core, using: &random)
                case 3: fetch(core, using: &random)
                case 4: try take(core)
                default: try work(core, using: &random)
                }
            if isDone { return true }
            if isOver { return true }
        }
        return false
    }

    private func begin() -> Bool {
        if isStopping {
            phase = .over
            return true
        }
        if cluster.mode == .exactlyOnce {
            guard let epoch = cluster.initialize(producer) else { return false }
            self.epoch = epoch
        }
        member = cluster.groups[role.rawValue].join(name, at: cluster.now)
        phase = .joining
        trace.note("\(label) joins as member \(member)")
        return true
    }

    private func work(_ core: any RoleCore, using random: inout SplitMix64) throws -> Bool {
        switch phase {
        case .reading, .revoking: try core.work(using: &random)
        default: false
        }
    }

    // MARK: The group

    private func follow(_ core: any RoleCore) throws -> Bool {
        if group.isReplaced(member, of: name) {
            trace.note("\(label) is fenced by its namesake in the group and ends")
            truth.saw("fenced in the group")
            kill()
            return true
        }
        switch phase {
        case .beginning, .over: return false
        case .preparing(let preparation): return try prepare(core, preparation)
        case .joining: return join(core)
        case .reading:
            if !group.knows(member) { return lose(core) }
            if group.awaits(member) {
                core.beginRevocation()
                phase = .revoking
                truth.saw("partitions given back")
                trace.note("\(label) gives its partitions back")
                return true
            }
            return end(core)
        case .revoking:
            if !group.knows(member) { return lose(core) }
            guard core.isDrained, write == nil else { return false }
            revoke(core, isLost: false)
            cluster.groups[role.rawValue].rejoin(member)
            phase = .joining
            trace.note("\(label) gave its partitions back")
            return true
        }
    }

    private func revoke(_ core: any RoleCore, isLost: Bool) {
        if isLost { noteLoss() }
        core.revoke(partitions, isLost: isLost)
        forget()
    }

    /// Its partitions are others' already.
    private func lose(_ core: any RoleCore) -> Bool {
        trace.note("\(label) sees that it lost its partitions")
        truth.saw("partitions lost")
        core.beginRevocation()
        revoke(core, isLost: true)
        member = cluster.groups[role.rawValue].join(name, at: cluster.now)
        phase = .joining
        return true
    }

    /// After SIGTERM: everything is settled, and it leaves.
    private func end(_ core: any RoleCore) -> Bool {
        guard isStopping, core.isDrained, write == nil else { return false }
        core.beginRevocation()
        revoke(core, isLost: false)
        leave()
        phase = .over
        trace.note("\(label) ends")
        return true
    }

    private func join(_ core: any RoleCore) -> Bool {
        if isStopping, write == nil {
            leave()
            phase = .over
            trace.note("\(label) ends")
            return true
        }
        if !group.knows(member) {
            member = cluster.groups[role.rawValue].join(name, at: cluster.now)
            return true
        }
        if group.awaits(member) {
            cluster.groups[role.rawValue].rejoin(member)
            return true
        }
        guard let partitions = group.assignment(of: member) else { return false }
        self.partitions = partitions
        membership = SimulatedGroup.Membership(member: member, generation: group.generation)
        core.beginGeneration()
        generation += 1
        phase = .preparing(Preparation(partitions: partitions))
        trace.note("\(label) gets \(partitions.map { cluster.layout.partitions[$0].description })")
        return true
    }

    private func prepare(_ core: any RoleCore, _ preparation: Preparation) throws -> Bool {
        guard !isPreparingWrite else { return false }
        var preparation = preparation
        let progress = try core.prepare(&preparation)
        phase = .preparing(preparation)
        switch progress {
        case .going: return true
        case .blocked:
            truth.saw("preparing waits")
            return false
        case .write(let records):
            guard write == nil else { return false }
            write = SimulatedWriter(records, offsets: [], as: nil, role: role, mode: cluster.mode)
            isPreparingWrite = true
            return true
        case .prepared:
            try core.assign(preparation, tenure: cluster.nextTenure())
            for start in preparation.starts(cluster, role) ?? [] { positions[start.partition] = start.offset }
            phase = .reading
            trace.note("\(label) reads from \(positions.sorted { $0.key < $1.key }.map(\.value))")
            return true
        }
    }

    // MARK: Reading

    private func fetch(_ core: any RoleCore, using random: inout SplitMix64) -> Bool {
        guard case .reading = phase, buffer == nil, !isStopping, core.hasRoom, !positions.isEmpty,
            let partition = partitions.randomElement(using: &random), let position = positions[partition]
        else { return false }
        let end = cluster.partitions[partition].stableEnd
        guard position < end else { return false }
        let entries = cluster.partitions[partition].read(from: position)
            .prefix(Int.random(in: 1...4, using: &random))
        var batch = ConsumerBatch(
            records: entries.map { cluster.record($0, of: partition) }, generation: generation)
        let next = entries.last.map { $0.offset + 1 } ?? end
        let isEnd = cluster.partitions[partition].read(from: next).isEmpty
        if isEnd {
            batch.ends = [PartitionEnd(topicPartition: cluster.layout.partitions[partition], offset: end)]
        }
        positions[partition] = isEnd ? end : next
        buffer = batch
        return true
    }

    private func take(_ core: any RoleCore) throws -> Bool {
        guard let batch = buffer, !isStopping else { return false }
        buffer = nil
        let isTaken = try core.take(batch)
        if !isTaken, batch.generation == generation, case .reading = phase {
            throw Violation("\(label) drops what it was given")
        }
        trace.note(
            "\(label) \(isTaken ? "takes" : "drops") \(batch.records.map { "\($0.topicPartition)@\($0.offset)" })"
        )
        return true
    }

    // MARK: Writing

    private func advanceWrite(_ core: any RoleCore, using random: inout SplitMix64) throws -> Bool {
        if write == nil {
            switch phase {
            case .reading, .revoking: break
            default: return false
            }
            guard let next = core.takeWrite(using: &random) else { return false }
            write = SimulatedWriter(
                next.records, offsets: next.offsets, as: membership, role: role, mode: cluster.mode)
            trace.note(
                "\(label) writes \(next.records.count) records, offsets "
                    + "\(next.offsets.map { "\($0.topicPartition):\($0.offset)\($0.metadata == nil ? "" : "+")" })"
            )
            return true
        }
        let progress =
            try write?.advance(
                cluster, producer: producer, epoch: epoch, faults: commitFaults, using: &random) ?? .blocked
        switch progress {
        case .blocked: return false
        case .going: break
        case .done(let deliveries):
            finishWrite(core, deliveries)
            trace.note("\(label) hears that its write was taken")
        case .failed(let reason):
            truth.saw("session ends: \(reason.rawValue)")
            restart(reason.rawValue)
        case .fenced:
            trace.note("\(label) is fenced by a producer of its name and ends")
            truth.saw("fenced by a producer")
            kill()
        }
        return true
    }

    private func finishWrite(_ core: any RoleCore, _ deliveries: [Delivery]) {
        write = nil
        guard isPreparingWrite else {
            core.written(deliveries)
            return
        }
        isPreparingWrite = false
        if case .preparing(var preparation) = phase {
            preparation.deliveries = deliveries
            phase = .preparing(preparation)
        }
    }

    /// At the end nobody holds anything.
    func checkIdle() throws {
        guard write == nil, buffer == nil else { throw Violation("S8: \(label) has something on its way") }
        try core?.checkIdle()
    }

    /// Zombies write waiting records at least once that nobody refuses.
    var writtenRecords: [WireRecord] { write?.records ?? [] }
}
