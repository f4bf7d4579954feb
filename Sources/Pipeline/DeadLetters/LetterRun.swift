import Flow
import Kafka
import Synchronization

/// Carries a pass over the dead letters out: reads partition by partition, the oldest letter first, so that the runs of
/// a key go again in their order, and writes in batches at a rate.
package final class LetterRun: Sendable {
    /// Letters of one batch and their bytes, at most; the last letter's come on top.
    private static let batchCount = 200
    private static let batchBytes = 4 << 20

    private let reader: LetterReader
    /// Nil = a trial: nothing is written.
    private let writer: LetterWriter?
    private let rate: Double?
    private let pass: Mutex<LetterPass>
    private let filter: LetterFilter

    /// - Parameter rate: letters per second, at most; nil = as fast as it goes.
    package init(
        _ reader: LetterReader, writer: LetterWriter?, _ pass: LetterPass, _ filter: LetterFilter,
        rate: Double?
    ) {
        self.reader = reader
        self.writer = writer
        self.rate = rate
        self.pass = Mutex(pass)
        self.filter = filter
    }

    /// What was done so far; after a failure, too.
    package var report: LetterReport { pass.withLock { $0.report } }

    /// The parts of the topic to go through, as they are at this moment.
    package func parts() async throws -> [LetterReader.Part] {
        var parts: [LetterReader.Part] = []
        for partition in reader.partitions {
            if let part = try await reader.part(partition, filter) { parts.append(part) }
        }
        return parts
    }

    /// Goes through them.
    ///
    /// - Parameters:
    ///   - chosen: told of letters that will be sent or discarded, before they are.
    ///   - progress: told how many offsets were gone through.
    package func run(
        _ parts: [LetterReader.Part], chosen: @Sendable ([DeadEntry]) -> Void = { _ in },
        progress: @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        let start = ContinuousClock.now
        for part in parts {
            let index = try await reader.index(of: part)
            try reader.check(index, part.partition)
            var seen = part.letters.lowerBound
            try await reader.each(of: part, index) { entries, next in
                for entry in entries {
                    let (isChosen, mustWrite) = pass.withLock { pass in
                        (pass.take(entry, index), self.isFull(pass))
                    }
                    if isChosen { chosen([entry]) }
                    if mustWrite { try await write(since: start) }
                }
                progress(next - seen)
                seen = next
                return !pass.withLock { $0.isOver }
            }
            // What became of the letters of one partition is never left to the next.
            try await write(since: start)
            if pass.withLock({ $0.isOver }) { return }
        }
    }

    private func isFull(_ pass: LetterPass) -> Bool {
        // At a low rate a batch is what may go in a second, so that it flows.
        let limit = rate.map { max(1, min(Self.batchCount, Int($0))) } ?? Self.batchCount
        return pass.pendingCount >= limit || pass.pendingBytes >= Self.batchBytes
    }

    private func write(since start: ContinuousClock.Instant) async throws {
        let (batch, done) = pass.withLock { ($0.takeBatch(), $0.report.done) }
        guard !batch.isEmpty else { return }
        if let writer {
            if let rate {
                // Slept through, so that no more go out a second than were asked for.
                let due = start + .seconds(Double(done) / rate)
                if due > .now { try await Task.sleep(until: due, clock: .continuous) }
            }
            try Task.checkCancellation()
            try await writer.write(batch)
        }
        pass.withLock { $0.written(batch) }
    }
}
