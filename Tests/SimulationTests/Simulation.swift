import Flow
import Kafka
import Liquid
import Pipeline
import TestSupport

/// One history of the whole path: publishers, matchers, senders, apps and brokers, driven by one seed.
///
/// First comes chaos: the seed picks who does the next step, and what goes wrong. Then all faults stop, and everything
/// has to come to its end.
final class Simulation {
    private enum Fault: CaseIterable {
        case kill, standStill, stop, pauseActions, copy, junk, compact, decide, resolve
    }

    let world: World
    let cluster: SimulatedCluster
    let truth: Truth
    private let vendor: SimulatedVendor
    let trace: Trace
    private let bug: PlantedBug?
    private let isStatic: Bool
    private let limits: SendCore.Limits
    var random: SplitMix64
    private var processes: [SimulatedProcess] = []
    /// Those that ended: what they sent may still be on the wire.
    private var former: [SimulatedProcess] = []
    private var started = 0
    private var eventsLeft: Int
    var published = 0
    /// Of a thousand steps, so many are faults.
    private let hostility: Int
    /// The trigger of most events, so that many runs have one key.
    private let favourite: String
    private let slots: [(role: SimulatedCluster.Role, name: Int)]

    init(seed: UInt64, world: World, bug: PlantedBug? = nil, isTraced: Bool = false) {
        self.world = world
        self.bug = bug
        var random = SplitMix64(seed: seed)
        let layout = Layout(world.topics)
        let mode = Int.random(in: 0..<5, using: &random) < 3 ? DeliveryMode.exactlyOnce : .atLeastOnce
        isStatic = Bool.random(using: &random)
        truth = Truth(layout: layout, topics: world.topics, mode: mode)
        cluster = SimulatedCluster(layout: layout, mode: mode, isStatic: isStatic, truth: truth)
        trace = Trace(isOn: isTraced)
        vendor = SimulatedVendor(truth: truth, trace: trace)
        vendor.failures = [10, 40, 70].randomElement(using: &random) ?? 0
        eventsLeft = Int.random(in: 3...14, using: &random)
        hostility = [0, 10, 30, 80].randomElement(using: &random) ?? 0
        limits = SendCore.Limits(
            open: Int.random(in: 3...12, using: &random), concurrency: Int.random(in: 1...4, using: &random),
            payloadBytes: Bool.random(using: &random) ? 1 : 1 << 20,
            followers: Int.random(in: 1...3, using: &random), loads: Int.random(in: 1...2, using: &random),
            hasGates: Bool.random(using: &random), holdsKeys: Bool.random(using: &random),
            looks: Bool.random(using: &random))
        truth.looks = limits.looks
        favourite = World.triggers.randomElement(using: &random) ?? World.triggers[0]
        var slots: [(role: SimulatedCluster.Role, name: Int)] = []
        for name in 0..<Int.random(in: 1...2, using: &random) { slots.append((.matcher, name)) }
        for name in 0..<Int.random(in: 1...3, using: &random) { slots.append((.sender, name)) }
        self.slots = slots
        self.random = random
        trace.note("\(mode.rawValue), static \(isStatic), hostility \(hostility)")
    }

    /// What came of it, for who counts.
    struct Result: Sendable {
        let counts: Truth.Tally
        let steps: Int
        /// Equal for equal histories.
        let digest: UInt64
    }

    func run() throws -> Result {
        for slot in slots { start(slot.role, slot.name) }
        for _ in 0..<Int.random(in: 100...330, using: &random) { try step() }
        try settle()
        for partition in cluster.partitions.indices {
            trace.note("\(cluster.layout.partitions[partition]) ends at \(cluster.partitions[partition].end)")
        }
        let digest = random.next() ^ UInt64(cluster.now) ^ UInt64(trace.count) << 32
        return Result(counts: truth.counts, steps: trace.count, digest: digest)
    }

    // MARK: Chaos

    private func step() throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<6: try publish()
        case 6..<14:
            for _ in 0..<Int.random(in: 1...5, using: &random) { _ = cluster.deliverMarker(using: &random) }
        case 14..<22:
            let unit: Int64 = Int.random(in: 0..<7, using: &random) == 0 ? 8_000_000 : 1_200_000
            pass(Int64.random(in: 1...unit, using: &random))
        case 22..<40: _ = try vendor.step(at: cluster.now, using: &random)
        case 40..<43: restartMissing()
        case 43: goOnAfterStandstill()
        default:
            if let process = processes.randomElement(using: &random) {
                for _ in 0..<Int.random(in: 1...6, using: &random) { _ = try advance(process) }
            }
        }
        if Int.random(in: 0..<1000, using: &random) < hostility { try fault() }
    }

    private func advance(_ process: SimulatedProcess) throws -> Bool {
        let isDone = try process.step(using: &random)
        if cluster.mode == .atLeastOnce, process.hasLost { haunt(process) }
        if process.isOver { retire(process) }
        noteLosses()
        return isDone
    }

    /// At least once nobody refuses waiting records and tombstones of a process that has lost the partition.
    private func haunt(_ process: SimulatedProcess) {
        for record in process.writtenRecords where world.topics.connector(ofWaiting: record.topic) != nil {
            guard let key = RunKey(waitingKey: record.key) ?? StartNote.run(ofKey: record.key) else {
                continue
            }
            truth.haunted(key, repeats: record.value == nil ? 0 : SendCore.retry.maxAttempts)
        }
    }

    private func noteLosses() {
        for process in processes where process.membership != nil && !process.isCurrent { process.noteLoss() }
    }

    private func retire(_ process: SimulatedProcess) {
        processes.removeAll { $0 === process }
        former.append(process)
    }

    private func pass(_ time: Int64) {
        cluster.now += time
        for process in processes where !process.isPaused { process.heartbeat() }
        for role in SimulatedCluster.Role.allCases { cluster.groups[role.rawValue].expire(at: cluster.now) }
        cluster.expireTransactions()
        noteLosses()
    }

    private func start(_ role: SimulatedCluster.Role, _ name: Int) {
        started += 1
        // A process without a stable name has a producer of its own.
        let producer = isStatic ? role.rawValue * 100 + name : 1000 + started
        let skew = Int64.random(in: -300_000...300_000, using: &random)
        let process = SimulatedProcess(
            name: isStatic ? name : started, number: started, role: role, producer: producer, slot: name,
            cluster: cluster, truth: truth, trace: trace
        ) { [world, cluster, vendor, truth, trace, limits, bug] process in
            switch role {
            case .matcher: MatchCore(world: world, cluster: cluster, skew: skew)
            case .sender:
                SendCore(
                    world: world, cluster: cluster, vendor: vendor, truth: truth, trace: trace,
                    process: process, skew: skew, limits: limits, bug: bug)
            }
        }
        process.commitFaults = hostility > 0 ? 30 : 0
        processes.append(process)
    }

    private func goOnAfterStandstill() {
        guard let process = processes.first(where: { $0.isPaused }) else { return }
        process.isPaused = false
        trace.note("\(process.label) goes on")
    }

    /// What has ended is started again by whoever watches over it.
    private func restartMissing() {
        for slot in slots
        where !processes.contains(where: { $0.role == slot.role && $0.slot == slot.name && !$0.isPaused }) {
            let isPaused = processes.contains { $0.role == slot.role && $0.slot == slot.name }
            // A paused process is replaced only now and then.
            guard !isPaused || Int.random(in: 0..<8, using: &random) == 0 else { continue }
            start(slot.role, slot.name)
            return
        }
    }

    // MARK: Publishers

    private func publish() throws {
        guard eventsLeft > 0 else { return }
        eventsLeft -= 1
        published += 1
        let isRepeated = published > 1 && Int.random(in: 0..<8, using: &random) == 0
        let id = isRepeated ? Int.random(in: 1..<published, using: &random) : published
        // What an id stands for is the same each time.
        let store = World.stores[id % 9 < 5 ? 0 : id % 9 < 7 ? 1 : id % 9 - 5]
        let trigger = id % 5 < 3 ? favourite : World.triggers[id % 3]
        let customer = id % 4 == 0 ? nil : Int64(id % 5 == 0 ? 2 : 1)
        let event = TriggerEvent(
            identity: EventIdentity(
                source: World.source, store: store, id: "e\(id)",
                trigger: TriggerReference(connector: World.source, handle: trigger)),
            payload: .compact(["customer_id": customer.map { .integer($0) }]))
        var record = event.record(world.topics)
        record.headers.append(WireHeader(EventTruth.numberHeader, published))
        let isJunk = Int.random(in: 0..<12, using: &random) == 0
        if isJunk { record.value = Array("{".utf8) }
        var partition = cluster.layout.number(of: record) ?? 0
        if Int.random(in: 0..<10, using: &random) == 0 {
            let home = partition
            partition = cluster.layout.triggers.first { $0 != home } ?? home
            if !isJunk {
                truth.events.expectMove("\(published)", of: partition, cluster.partitions[partition].end)
            }
        }
        trace.note("event \(published) e\(id) \(store) \(trigger) to \(cluster.layout.partitions[partition])")
        _ = try cluster.append(record, to: partition)
    }

    // MARK: Faults

    private func fault() throws {
        let process = processes.randomElement(using: &random)
        switch Fault.allCases.randomElement(using: &random) ?? .compact {
        case .kill:
            guard let process else { return }
            trace.note("kill -9 of \(process.label)")
            truth.saw("kill")
            process.kill()
            retire(process)
        case .standStill:
            process?.isPaused = true
            if let process { trace.note("\(process.label) stands still") }
        case .stop:
            process?.stop()
            truth.saw("stop")
            if let process { trace.note("SIGTERM for \(process.label)") }
        case .pauseActions:
            vendor.pauses = World.Pauses.allCases.randomElement(using: &random) ?? .none
            trace.note("a person pauses \(vendor.pauses)")
        case .copy: try copy()
        case .decide: _ = try decide()
        case .resolve: _ = try resolve()
        case .junk: try junk()
        case .compact:
            for partition in cluster.layout.actions.joined() {
                cluster.partitions[cluster.layout.waiting(of: partition)].compact(
                    keepingSince: cluster.now - 30_000_000)
            }
            trace.note("the waiting topics are compacted")
        }
    }

    // MARK: The end

    /// No more faults: everything has to settle. Then everybody is told to end, and others begin, who find nothing to do
    /// but what rests unreadable in the waiting topics.
    private func settle() throws {
        trace.note("the faults stop")
        vendor.failures = 0
        vendor.pauses = .none
        for process in processes {
            process.isPaused = false
            process.commitFaults = 0
        }
        while eventsLeft > 0 { try publish() }
        try goOn(until: { self.truth.isOver }, check: truth.checkOver)
        let before = truth.counts.requests
        try end()
        try goOn(until: { self.truth.isSettled }, check: truth.checkSettled)
        try end()
        guard truth.counts.requests == before else {
            throw Violation("S5: something is sent after all was settled")
        }
        try truth.checkSettled()
    }

    private func end() throws {
        trace.note("everybody is told to end")
        for process in processes { process.stop() }
        try goOn(until: { self.processes.isEmpty }, restarting: false) {
            throw Violation("S8: \(self.processes[0].label) does not end")
        }
    }

    /// - Parameter check: says what is missing, where nothing goes on before it is over.
    private func goOn(until isOver: () -> Bool, restarting: Bool = true, check: () throws -> Void) throws {
        var idle = 0
        for _ in 0..<5_000 {
            if restarting { restartAll() }
            var isDone = false
            for process in processes where try advance(process) { isDone = true }
            while try vendor.step(at: cluster.now, using: &random) { isDone = true }
            while cluster.deliverMarker(using: &random) { isDone = true }
            while try decide() { isDone = true }
            while try resolve() { isDone = true }
            if isDone {
                idle = 0
                continue
            }
            let hasTimer = processes.contains { $0.core?.hasTimer == true }
            if isOver(), vendor.requests.isEmpty, !cluster.hasTransactions, !hasTimer {
                for process in processes { try process.checkIdle() }
                return
            }
            idle += 1
            if idle == 10, try releaseForgotten() { continue }
            guard idle < 60 else { break }
            pass(3_000_000)
        }
        try check()
        throw Violation("S8: nothing goes on, and it is not over")
    }

    private func restartAll() {
        for slot in slots
        where !processes.contains(where: { $0.role == slot.role && $0.slot == slot.name }) {
            start(slot.role, slot.name)
        }
    }
}
