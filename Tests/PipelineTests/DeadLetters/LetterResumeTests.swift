import Flow
import Pipeline
import TestSupport
import Testing

/// Passes that are interrupted at every point and begun again, over a simulated dead topic.
@Suite struct LetterResumeTests {
    /// The topics' records, and a driver that does as `LetterRun` does: reads, plans, writes in batches.
    private struct Log {
        private struct Interrupted: Error {}

        var dead: [WireRecord] = []
        private(set) var actions: [WireRecord] = []
        /// Writes that still succeed; the next one is not made.
        var writesLeft = Int.max
        let mode: DeliveryMode

        init(_ mode: DeliveryMode) {
            self.mode = mode
        }

        private func entries(_ index: ResolutionIndex) -> [DeadEntry] {
            dead.enumerated().compactMap { offset, record in
                DeadLetter(record).map { LetterFixtures.entry($0, Int64(offset)).folded(index) }
            }
        }

        func index() -> ResolutionIndex {
            var index = ResolutionIndex()
            for record in dead { index.take(DeadResolution.read(record)) }
            return index
        }

        func states() -> [LetterState] { entries(index()).map(\.state) }

        /// Nil where it was interrupted.
        mutating func replay(batch: Int, limit: Int = 3) throws -> LetterReport? {
            var pass = try LetterFixtures.pass(.replay(limit: limit))
            let index = index()
            do {
                for entry in entries(index) {
                    pass.take(entry, index)
                    if pass.pendingCount >= batch { try write(&pass) }
                }
                try write(&pass)
            } catch is Interrupted {
                return nil
            }
            return pass.report
        }

        private mutating func write(_ pass: inout LetterPass) throws {
            let batch = pass.takeBatch()
            guard !batch.isEmpty else { return }
            for records in LetterWriter.writes(batch, mode) where !records.isEmpty {
                guard writesLeft > 0 else { throw Interrupted() }
                writesLeft -= 1
                for record in records {
                    if record.topic == LetterFixtures.topics.dead {
                        dead.append(record)
                    } else {
                        actions.append(record)
                    }
                }
            }
            pass.written(batch)
        }

        /// The copies that reached the actions topic, as a sender tells them apart.
        func sent() throws -> [RunKey] {
            try actions.map { record in
                let run = try ActionRun(record)
                return RunKey(id: run.id, replay: run.replay)
            }
        }
    }

    private static let modes: [DeliveryMode] = [.exactlyOnce, .atLeastOnce]

    private static func log(_ mode: DeliveryMode, letters: UInt64) -> Log {
        var log = Log(mode)
        for number in 0..<letters {
            log.dead.append(LetterFixtures.letter(LetterFixtures.run(number)).record(LetterFixtures.topics))
        }
        return log
    }

    @Test(arguments: modes) func `interrupted at any write, the next one goes on with what is open`(
        mode: DeliveryMode
    ) throws {
        for batch in [1, 3, 100] {
            for writes in 0...21 {
                var log = Self.log(mode, letters: 10)
                log.writesLeft = writes
                let first = try log.replay(batch: batch)
                let before = log.states().count { $0 == .replayed }
                log.writesLeft = .max
                let second = try #require(try log.replay(batch: batch))
                let sent = try log.sent()
                #expect(Set(sent).count == 10, "every letter was sent")
                let doubles = sent.count - Set(sent).count
                #expect(doubles <= (mode == .exactlyOnce ? 0 : batch), "of the interrupted batch, if at all")
                #expect(log.states().allSatisfy { $0 == .replayed })
                #expect(second.done == 10 - before)
                #expect(first == nil || doubles == 0)
                let count = log.actions.count
                #expect(try log.replay(batch: batch)?.done == 0, "a third does nothing")
                #expect(log.actions.count == count)
            }
        }
    }

    /// Runs that fail with some chance, letters that come twice, commands that die: whatever happens, no copy is sent
    /// twice in a transaction's world, none is lost, and no run is sent more often than allowed.
    @Test func `random histories lose nothing, double nothing and end`() throws {
        for seed in UInt64(0)..<300 {
            var generator = SplitMix64(seed: seed)
            let mode = Self.modes[Int(seed % 2)]
            var log = Self.log(mode, letters: UInt64.random(in: 1...8, using: &generator))
            let limit = Int.random(in: 1...3, using: &generator)
            var settled = 0
            for _ in 0..<12 {
                log.writesLeft =
                    Bool.random(using: &generator) ? .max : Int.random(in: 0...4, using: &generator)
                _ = try log.replay(batch: Int.random(in: 1...5, using: &generator), limit: limit)
                // The sender takes what is new: each copy once, and it succeeds or fails.
                let sent = try log.sent()
                for key in sent[settled...] where !sent[..<settled].contains(key) {
                    guard Bool.random(using: &generator) else { continue }
                    let run = LetterFixtures.run(key.id.low, replay: key.replay)
                    let letter = LetterFixtures.letter(run).record(LetterFixtures.topics)
                    log.dead.append(letter)
                    if Int.random(in: 0..<5, using: &generator) == 0 { log.dead.append(letter) }
                }
                settled = sent.count
            }
            log.writesLeft = .max
            _ = try log.replay(batch: 4, limit: limit)
            let sent = try log.sent()
            if mode == .exactlyOnce {
                #expect(Set(sent).count == sent.count, "seed \(seed)")
            }
            #expect(sent.allSatisfy { $0.replay <= limit }, "seed \(seed)")
            let index = log.index()
            for (offset, record) in log.dead.enumerated() {
                guard let letter = DeadLetter(record) else { continue }
                let state = index.state(of: letter, at: Int64(offset))
                #expect(state == .replayed || letter.replay == limit, "seed \(seed)")
                if state == .replayed, let id = letter.actionRun {
                    #expect(sent.contains(RunKey(id: id, replay: letter.replay + 1)), "seed \(seed)")
                }
            }
        }
    }
}
