import Flow
import Kafka
import Pipeline
import TestSupport

// What persons do, and who else writes to the topics.

extension Simulation {
    /// A copy of an action record, as a matcher leaves it that was killed at least once.
    func copy() throws {
        guard let place = truth.partitionsWithRuns.randomElement(using: &random),
            let entry = cluster.partitions[place.partition].entry(at: place.position)
        else { return }
        truth.expectedCopies[place.key, default: 0] += 1
        trace.note(
            "a copy of \(truth.run(place.key)?.name ?? "") to \(cluster.partitions[place.partition].end)")
        _ = try cluster.append(entry.record, to: place.partition)
    }

    func junk() throws {
        published += 1
        let partitions = Array(cluster.layout.actions.joined())
        let partition = partitions.randomElement(using: &random) ?? 2
        let kind = Int.random(in: 0..<3, using: &random)
        let target = kind == 0 ? cluster.layout.waiting(of: partition) : partition
        var record = WireRecord(
            topic: cluster.layout.partitions[target].topic, key: Array("junk\(published)".utf8), value: [1])
        if kind == 1 {
            // Only who parses its value sees what it is.
            record.headers = [
                WireHeader(HeaderName.id, RunID(high: 9, low: UInt64(published)).description),
                WireHeader(HeaderName.format, ActionRun.format), WireHeader(HeaderName.store, "x"),
                WireHeader(HeaderName.orderingKey, "x/o1/1"),
            ]
        }
        truth.saw("junk")
        trace.note("junk \(kind) to \(cluster.layout.partitions[target])")
        _ = try cluster.append(record, to: target)
    }

    /// A person decides about a run in doubt.
    func decide() throws -> Bool {
        guard let (key, partition) = truth.inDoubt.randomElement(using: &random) else { return false }
        let decision = Bool.random(using: &random) ? Decision.send : .skip
        let place = cluster.layout.partitions[partition]
        trace.note("a person decides about \(truth.run(key)?.name ?? ""): \(decision)")
        let record = DecisionRecord(key: key, decision: decision)
        _ = try cluster.append(
            record.record(topic: place.topic, partition: place.partition), to: partition)
        return true
    }

    /// A person sends the run of a dead letter again, or discards the letter.
    func resolve() throws -> Bool {
        guard let index = truth.letters.indices.randomElement(using: &random) else { return false }
        let letter = truth.letters.remove(at: index)
        let isReplayed = letter.replay < 2 && Int.random(in: 0..<3, using: &random) > 0
        if isReplayed {
            try replay(letter)
        } else if let release = letter.release {
            trace.note("a person discards the letter of a run of \(letter.place)")
            _ = try cluster.append(release, to: number(of: release))
        }
        truth.saw(isReplayed ? "letter replayed" : "letter discarded")
        return true
    }

    private func replay(_ letter: DeadLetter) throws {
        let rules = LetterReplay.Rules(topics: world.topics, catalogue: world.catalogue)
        let replay = try LetterReplay(of: letter, rules)
        let run = try ActionRun(replay.record)
        let key = RunKey(id: run.id, replay: replay.count)
        // A second letter of the same, at least once: one copy is sent.
        guard truth.run(key) == nil else { return }
        truth.run(RunKey(id: run.id, replay: letter.replay))?.isReplayed = true
        truth.events.expectEnd(of: run.workflowRun.id)
        trace.note("a person sends the run of \(letter.place) again")
        _ = try cluster.append(replay.record, to: number(of: replay.record))
    }

    private func number(of record: WireRecord) -> Int { cluster.layout.number(of: record) ?? 0 }

    /// At least once a crash may leave a run that keeps its key's place although its letter is resolved: its time lets it
    /// go, or a person.
    func releaseForgotten() throws -> Bool {
        guard cluster.mode == .atLeastOnce, let (key, partition) = truth.forgottenKeepers.first else {
            return false
        }
        truth.saw("forgotten keeper")
        let place = cluster.layout.partitions[partition]
        let record = DecisionRecord(key: key, decision: .release)
        _ = try cluster.append(
            record.record(topic: place.topic, partition: place.partition), to: partition)
        return true
    }
}
