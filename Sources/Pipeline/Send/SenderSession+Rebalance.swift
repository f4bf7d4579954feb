import Flow
import Kafka
import Logging
import Metrics
import Synchronization
import Workers

// Partitions come and go: their waiting sets are rebuilt, and what is on the wire for them ends.

extension SenderSession {
    /// The group gave partitions: their waiting sets are rebuilt before a record of them is taken.
    package func assigned(_ partitions: [TopicPartition]) async -> [PartitionStart] {
        board.withLock { $0.beginGeneration() }
        let holdChanges = attempts.holdChangeCount
        do {
            let member = try consumer.membership()
            let rebuild = WaitingRebuild(
                consumer: consumer, reader: reader, writer: writer, topics: topics, clock: clock,
                payloadLimit: configuration.waitingBytes,
                stillHolds: { self.attempts.stillHolds($0) }, logger: logger)
            var rebuilt = try await rebuild.queues(of: partitions)
            let shares = await shares(of: partitions)
            // The consumer goes on without a hook that took too long, and reads on from what was committed.
            guard !Task.isCancelled else { throw UnpreparedAssignment() }
            report(rebuilt)
            let starts = rebuilt.map {
                PartitionStart(topicPartition: $0.partition, offset: .at($0.start))
            }
            board.withLock { board in
                membership.withLock { $0 = member }
                for (connector, share) in shares { board.setShare(share, of: connector, now: clock.now()) }
                // Handed over one by one: a queue that two held would be copied when the board changes it.
                while let partition = rebuilt.popLast() {
                    board.assign(partition.partition, partition.queue)
                    board.write(partition.writes, of: partition.partition)
                    board.found(partition.notes, of: partition.partition)
                }
                // What changed while the queues were rebuilt, and was told to nobody who had them.
                let missed = attempts.holdChanges(since: holdChanges)
                if missed?.isEmpty != true { board.releaseHeld(missed) }
            }
            timer.changed()
            changes.changed()
            poolBox.withLock { $0 }?.wake()
            return starts
        } catch {
            fail(error is CancellationError ? UnpreparedAssignment() : error)
            return []
        }
    }

    /// This process' part of each connector's partitions, and so of what vendors allow.
    private func shares(of partitions: [TopicPartition]) async -> [String: Double] {
        let own = Dictionary(grouping: partitions, by: \.topic).mapValues { Double($0.count) }
        let all = await partitionCounts(own.keys.sorted())
        var shares: [String: Double] = [:]
        for (topic, count) in own {
            guard let connector = topics.connector(ofActions: topic), let all = all[topic], all > 0 else {
                continue
            }
            shares[connector] = count / Double(all)
        }
        return shares
    }

    private func report(_ rebuilt: [WaitingRebuild.Rebuilt]) {
        for doubt in rebuilt.flatMap(\.newDoubts) {
            logger.warning(
                "attempt in doubt: its sender went away before it knew what came of it",
                metadata: [
                    LogKeys.actionRun: "\(doubt.run.id)", LogKeys.store: "\(doubt.store)",
                    LogKeys.inDoubt: "\(doubt.policy.rawValue)",
                ])
            Counter(label: "sluice_in_doubt_total", dimensions: [("policy", doubt.policy.rawValue)])
                .increment()
        }
        for partition in rebuilt where partition.queue.waitingCount > 0 {
            logger.info(
                "waiting set rebuilt",
                metadata: [
                    LogKeys.partition: "\(partition.partition)",
                    LogKeys.waiting: "\(partition.queue.waitingCount)",
                ])
        }
    }

    /// The group takes partitions: what is on the wire ends, what it came to is committed, then they are forgotten.
    package func revoked(_ partitions: [TopicPartition], lost: Bool) async {
        let gone = Set(partitions)
        board.withLock { $0.beginRevocation() }
        if !lost {
            _ = await changes.wait(within: configuration.drain) {
                self.board.withLock { $0.running(in: gone) == 0 } || self.failure.withLock { $0 != nil }
            }
            revoking.withLock { $0 = true }
            changes.changed()
            _ = await changes.wait(within: configuration.drain) {
                (!self.board.withLock { $0.hasPending } && !self.isWriting.withLock { $0 })
                    || self.failure.withLock { $0 != nil }
            }
            revoking.withLock { $0 = false }
        }
        board.withLock { board in
            for partition in partitions { board.revoke(partition) }
        }
        changes.changed()
    }
}

/// What a role needs to know of its partitions could not be read within the bound. The session begins anew.
struct UnpreparedAssignment: Error, CustomStringConvertible {
    var description: String { "what the partitions left could not be read in time; is the broker slow?" }
}
