import Connectors
import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

// Partitions come, with what their predecessors left, and go: `WaitingRebuild` and the hooks of `SenderSession`.

extension SendCore {
    func beginGeneration() {
        board.beginGeneration()
        states = nil
    }

    func prepare(_ preparation: inout Preparation) throws -> Preparation.Progress {
        guard preparation.starts(cluster, .sender) != nil else { return .blocked }
        if preparation.waitingEnds.isEmpty, !preparation.partitions.isEmpty {
            for partition in preparation.partitions {
                let waiting = cluster.layout.waiting(of: partition)
                preparation.waitingEnds[waiting] = cluster.partitions[waiting].end
            }
            return .going
        }
        if states != nil { return .prepared }
        // A transaction that is open now is waited for: it may be a predecessor's.
        for (waiting, end) in preparation.waitingEnds where cluster.partitions[waiting].stableEnd < end {
            return .blocked
        }
        let found = read(&preparation)
        states = found
        let probes = found.keys.sorted().map { waiting in
            WireRecord(
                topic: cluster.layout.partitions[waiting].topic,
                partition: cluster.layout.partitions[waiting].partition, key: Array("clock".utf8), value: nil)
        }
        return probes.isEmpty ? .prepared : .write(probes)
    }

    private func read(_ preparation: inout Preparation) -> [Int: WaitingState] {
        var found: [Int: WaitingState] = [:]
        for start in preparation.starts(cluster, .sender) ?? [] {
            let waiting = cluster.layout.waiting(of: start.partition)
            guard let end = preparation.waitingEnds[waiting] else { continue }
            let floor = SettledMap.floor(in: start.metadata) ?? 0
            if !cluster.partitions[waiting].read(from: 0, to: min(floor, end)).isEmpty {
                truth.saw("records below the floor left out")
            }
            var state = WaitingState(payloadLimit: limits.payloadBytes)
            for entry in cluster.partitions[waiting].read(from: floor, to: end) {
                state.take(cluster.record(entry, of: waiting))
            }
            if !state.isEmpty { found[waiting] = state }
        }
        return found
    }

    func assign(_ preparation: Preparation, tenure: Int) throws {
        self.tenure = tenure
        var preparation = preparation
        let probes = Dictionary(
            (preparation.deliveries ?? []).map { ($0.topicPartition, $0) },
            uniquingKeysWith: { _, last in last })
        for start in preparation.starts(cluster, .sender) ?? [] {
            var queue = PartitionQueue(
                ledger: OffsetLedger(
                    start: start.offset, map: SettledMap(metadata: start.metadata, frontier: start.offset)),
                payloadLimit: limits.payloadBytes, followerLimit: limits.followers, loadLimit: limits.loads)
            for entry in cluster.partitions[start.partition].read(from: 0, to: start.offset) {
                if DecisionRecord(entry.record) == nil,
                    let run = QueuedRun(action: entry.record, position: entry.offset)
                {
                    queue.remember(run.key)
                }
            }
            let waiting = cluster.layout.waiting(of: start.partition)
            let partition = cluster.layout.partitions[start.partition]
            var (writes, notes): ([WireRecord], [StartNote]) = ([], [])
            let place = cluster.layout.partitions[waiting]
            if let end = preparation.waitingEnds[waiting] { queue.waitingRead(upTo: end) }
            if var state = states?[waiting] {
                let replaced = state.removeReplaced().map {
                    WireRecord(topic: place.topic, partition: place.partition, key: $0.waitingKey, value: nil)
                }
                let starts = FoundStarts(in: state, of: place, ledger: queue.ledger, world.topics)
                notes = bug == .unasked ? [] : starts.notes
                writes = state.letters(world.topics, time: "t") + replaced + starts.writes
                let directory = world.directory(pauses)
                queue.restore(
                    state, notes, isAnew: false, brokerTime: probes[place]?.appendTime, localTime: localTime,
                    now: now, stillHolds: { $0.holds(in: directory) })
            }
            if let probe = probes[place] {
                queue.waitingAcknowledged(Array("clock".utf8), isTombstone: true, offset: probe.offset)
                queue.waitingBatchEnded(isAtomic: cluster.mode == .exactlyOnce)
            }
            board.assign(partition, queue)
            board.write(writes, of: partition)
            board.found(notes, of: partition)
        }
        states = nil
    }

    func beginRevocation() {
        board.beginRevocation()
    }

    func revoke(_ partitions: [Int], isLost: Bool) {
        for partition in partitions { board.revoke(cluster.layout.partitions[partition]) }
        tenure = 0
        wanted = nil
        for attempt in noting { board.abandon(attempt.work, now: now) }
        noting = []
        onWire = []
        finished = []
        writing = []
    }

    func lost(isWriteDecided: Bool) {
        truth.lost(onWire + finished + (isWriteDecided ? [] : writing))
        vendor.orphan(self)
    }

    func stop() {
        isStopped = true
    }
}
