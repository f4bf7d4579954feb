import Flow
import Kafka
import Workers

// Who may begin: stores in turn, through the gates.

extension SendBoard {
    /// Ready runs of a store below which those of its lanes follow, and how many at a time.
    private static let refillBelow = 64
    private static let refillBy = 128
    /// The same for runs of a store at one gate.
    private static let gateRefillBelow = 8
    private static let gateRefillBy = 16
    /// How soon a gate is looked at again that has room, and whose next runs are still on their way to it.
    private static let lookAgain = Duration.milliseconds(100)

    /// The next run that may begin, stores in turn. None begins while as many attempts are unsettled as may be repeated
    /// after a crash.
    package mutating func next(now: Duration = .zero) -> Work? {
        guard !isRevoking, unsettledAttempts < open.countLimit else { return nil }
        callDue(now)
        while let (store, place) = ready.popFirst() {
            if let work = begin(place, of: store, now) { return work }
        }
        return nil
    }

    private mutating func begin(_ place: Place, of store: String, _ now: Duration) -> Work? {
        var place = place
        let (run, hasLoads, isRepeat, isAwaited) =
            table.with(place.partition, epoch: place.epoch) { queue in
                let run = queue.start(place.key)
                return (
                    run, queue.hasLoads, queue.isRepeat(place.key),
                    run == nil && queue.isAwaited(place.key)
                )
            } ?? (nil, false, false, false)
        if hasLoads { wantLoads(place.partition) }
        guard let run else {
            answerInvitation(&place, now)
            // What has to be read again first comes back to where it stood.
            if isAwaited { awaited[place.key] = place }
            return nil
        }
        let route = directions.route(run)
        var passes = Passes()
        while let gate = gates.next(route, passes, isRepeat: isRepeat) {
            guard !hasLine(at: gate, before: place, of: store), gates.take(gate, route, &passes, now: now)
            else {
                hold(place, of: store, at: gate, route, passes, now)
                return nil
            }
            if gate == place.invitation { answerInvitation(&place, now) }
        }
        answerInvitation(&place, now)
        if !isRepeat {
            gates.firstTry(now: now)
            if hasMembers(at: .budget), gates.room(at: .budget, now: now) > 0 { lines.wake(.budget, at: now) }
        }
        refill(Lane(store: store))
        // Where one of a lane goes out the next may, and not only at its gate's next look.
        if let lane = place.lane { refill(lane) }
        unsettledAttempts += 1
        return Work(
            partition: place.partition, epoch: place.epoch, run: run, releases: releaseCount, route: route,
            passes: passes)
    }

    /// Whether others come before a run at a gate: those that wait there, and those that it called.
    private func hasLine(at gate: Gate, before place: Place, of store: String) -> Bool {
        guard !place.turns.contains(gate) else { return false }
        return !lines.isEmpty(at: gate) || invited[gate] != nil || isBehindLane(at: gate, place, of: store)
    }

    /// Whether earlier runs of its store wait in a lane of this gate. Whoever comes from a lane had its turn: lanes of two
    /// gates would send their runs to each other for ever otherwise.
    private func isBehindLane(at gate: Gate, _ place: Place, of store: String) -> Bool {
        place.lane == nil && lanes.contains(Lane(store: store, gate: gate))
    }

    /// A run has to wait at a gate: for a moment in memory, or in its lane. What it took at the gates before is others'
    /// again, so that nobody has to wait for somebody who waits; it takes it anew when it is called.
    private mutating func hold(
        _ place: Place, of store: String, at gate: Gate, _ route: Route, _ passes: Passes, _ now: Duration
    ) {
        var place = place
        answerInvitation(&place, now)
        gates.giveBack(route, passes, now: now)
        let isBroken = gates.isBroken(gate)
        if lines.hasRoom(at: gate, of: store), !isBehindLane(at: gate, place, of: store) {
            _ = table.with(place.partition, epoch: place.epoch) { $0.stepBack(place.key, isBroken: isBroken) }
            lines.append(place, at: gate, of: store)
        } else {
            let effects = table.with(place.partition, epoch: place.epoch) {
                $0.moveAside(place.key, to: gate, isBroken: isBroken)
            }
            lanes.insert(Lane(store: store, gate: gate), place.partition)
            record(effects ?? [], [], place.partition, place.epoch)
            note(place.partition, place.epoch)
        }
        wakeLater(gate, now)
        for passed in route.passed(passes) {
            if lines.isEmpty(at: passed) { wakeLater(passed, now) } else { lines.wake(passed, at: now) }
        }
    }

    /// A run that a gate called has come to it, or will not come.
    private mutating func answerInvitation(_ place: inout Place, _ now: Duration) {
        guard let gate = place.invitation else { return }
        place.invitation = nil
        guard let count = invited[gate] else { return }
        invited[gate] = count > 1 ? count - 1 : nil
        // Only now is it known what they left of the gate's room.
        if count == 1 { wakeLater(gate, now) }
    }

    // MARK: Gates

    private func hasMembers(at gate: Gate) -> Bool { !lines.isEmpty(at: gate) || lanes.hasLanes(at: gate) }

    private mutating func wakeLater(_ gate: Gate, _ now: Duration) {
        guard hasMembers(at: gate), invited[gate] == nil else { return }
        if gates.room(at: gate, now: now) > 0 {
            lines.wake(gate, at: now + Self.lookAgain)
        } else if let time = gates.wake(at: gate, now: now) {
            lines.wake(gate, at: time)
        }
    }

    /// Calls those who wait at gates whose time has come.
    mutating func callDue(_ now: Duration) {
        while let gate = lines.popWake(now: now) { call(gate, now) }
    }

    /// Lets as many go on as a gate has room for, stores in turn, and has others follow from their lanes.
    mutating func call(_ gate: Gate, _ now: Duration) {
        var room = gates.room(at: gate, now: now) - (invited[gate] ?? 0)
        while room > 0, let (store, member) = lines.popFirst(at: gate) {
            var place = member
            place.invitation = gate
            if !place.turns.contains(gate) { place.turns.append(gate) }
            invited[gate, default: 0] += 1
            room -= 1
            ready.append(place, of: store)
            // Its store keeps its share of those that come next.
            refill(Lane(store: store, gate: gate))
        }
        if room > 0 { for lane in lanes.next(at: gate) { refill(lane) } }
        wakeLater(gate, now)
    }

    /// Lets runs follow that wait in a lane, where their store has few others in memory.
    mutating func refill(_ lane: Lane) {
        guard ready.count(of: lane.store) < Self.refillBelow else { return }
        if let gate = lane.gate, lines.count(at: gate, of: lane.store) >= Self.gateRefillBelow { return }
        let partitions = lanes.partitions(of: lane)
        let count = max(1, (lane.gate == nil ? Self.refillBy : Self.gateRefillBy) / max(1, partitions.count))
        for partition in partitions {
            guard let epoch = table.epoch(of: partition) else { continue }
            let hasMore = table.with(partition, epoch: epoch) {
                // Not while some of them wait for their bytes.
                $0.starvedCount(of: lane.store) > 0 || $0.release(lane, count)
            }
            note(partition, epoch, from: lane)
            if hasMore != true { lanes.remove(lane, partition) }
        }
    }

    // MARK: Ending

    /// An attempt ended. What it leads to is written with the next commit; nothing happens where the assignment is over.
    ///
    /// - Parameters:
    ///   - signal: what the attempt says about where it went.
    ///   - calls: how many requests it took.
    /// - Returns: circuits that opened or recovered.
    @discardableResult
    package mutating func finish(
        _ work: Work, _ verdict: PartitionQueue.Verdict, _ records: [WireRecord], spent: Duration,
        at time: Int64, signal: CircuitBreaker.Signal = .works, calls: Int = 1, now: Duration = .zero
    ) -> [SendGates.CircuitNews] {
        let news = gates.end(work.route, work.passes, signal, calls: calls, now: now)
        defer { for circuit in work.route.circuits { call(.circuit(circuit), now) } }
        let hasChanged = work.releases != releaseCount
        let key = work.run.key
        let effects = table.with(work.partition, epoch: work.epoch) { queue in
            let effects = queue.finish(key, verdict, spent: spent, at: time)
            // What it is held for may have come while it was tried; a person's word about it has not.
            if case .held(let hold) = verdict, hasChanged, !hold.isPersonal { queue.releaseHeld(key) }
            return effects
        }
        guard let effects else { return news }
        pending.attempts += 1
        let topic = waitingTopic(of: work.partition)
        let kept = verdict == .held(.decision) ? starts.keep(key) : nil
        // First, so that whoever takes over between them asks, too.
        if let kept {
            let note = kept.record(topic: topic, partition: work.partition.partition)
            record([], [note], work.partition, work.epoch)
        }
        record(effects, records, work.partition, work.epoch)
        if kept == nil, let tombstone = starts.end(key, work.partition, waiting: topic) {
            record([], [tombstone], work.partition, work.epoch)
        }
        note(work.partition, work.epoch)
        return news
    }
}
