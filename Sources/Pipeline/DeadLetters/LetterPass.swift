import Flow
import Workers

/// One going-through of dead letters that sends them again or discards them: decides about each, and collects what is
/// to be written.
///
/// Pure: whoever drives it reads the letters and writes the batches. A letter counts as done when its batch was written;
/// until then nothing is settled, so that one who begins again after an interruption comes to the same batches.
package struct LetterPass: Sendable {
    package enum Deed: Hashable, Sendable {
        /// - Parameter limit: a letter that was sent again so often before is left alone.
        case replay(limit: Int)
        case discard
    }

    /// What is to be written for some letters.
    package struct Batch: Hashable, Sendable {
        /// Copies to send, in the order of their letters; and of discarded ones what lets their keys go on.
        package fileprivate(set) var copies: [WireRecord] = []
        /// What was done, one for each letter.
        package fileprivate(set) var resolutions: [WireRecord] = []
        /// Letters that count as done with it: those that are only marked as a copy of another don't.
        package fileprivate(set) var done = 0
        package fileprivate(set) var bytes = 0

        package var isEmpty: Bool { resolutions.isEmpty }
    }

    private let filter: LetterFilter
    private let deed: Deed
    private let rules: LetterReplay.Rules
    private let limit: Int
    private let command: String
    private let time: @Sendable () -> String
    package private(set) var report = LetterReport()
    private var pending = Batch()
    /// Letters done, written or not.
    private var planned = 0
    /// Copies that this pass has sent, against a second letter of the same.
    private var copies = DuplicateWindow<String>(countLimit: 100_000)

    /// - Parameters:
    ///   - limit: letters that are sent or discarded, at most.
    ///   - command: names this run of the command in what it writes.
    ///   - time: RFC 3339.
    package init(
        _ filter: LetterFilter, _ deed: Deed, _ rules: LetterReplay.Rules, limit: Int = .max,
        command: String, time: @escaping @Sendable () -> String
    ) {
        self.filter = filter
        self.deed = deed
        self.rules = rules
        self.limit = limit
        self.command = command
        self.time = time
    }

    /// As many are done as may be, and one more would have come.
    package var isOver: Bool { report.isCutShort }
    package var pendingCount: Int { pending.resolutions.count }
    package var pendingBytes: Int { pending.bytes }

    /// Decides about a letter.
    ///
    /// - Parameter index: what became of the letters of its partition before this pass.
    /// - Returns: whether it will be sent or discarded.
    @discardableResult
    package mutating func take(_ entry: DeadEntry, _ index: ResolutionIndex) -> Bool {
        guard !isOver, filter.fits(entry) else { return false }
        let decision = decide(entry, index)
        if case .act = decision, planned >= limit {
            report.isCutShort = true
            return false
        }
        report.matched += 1
        switch decision {
        case .skip(let reason):
            report.skip(entry.place, reason)
            return false
        case .mark(let deed):
            report.skip(entry.place, "another letter of the same was sent again")
            release(entry)
            resolve(entry, deed)
            return false
        case .act(let replay):
            act(entry, replay)
            return true
        }
    }

    private enum Decision {
        case skip(String)
        /// Its copy is on its way already: only that is written down.
        case mark(DeadResolution.Deed)
        case act(LetterReplay?)
    }

    private mutating func decide(_ entry: DeadEntry, _ index: ResolutionIndex) -> Decision {
        if entry.state == .replayed { return .skip("it was sent again before") }
        guard case .replay(let replayLimit) = deed else {
            return entry.state == .discarded ? .skip("it was discarded before") : .act(nil)
        }
        // Only who asks for discarded letters means them.
        if entry.state == .discarded, filter.states?.contains(.discarded) != true {
            return .skip("it was discarded")
        }
        guard entry.letter.replay < replayLimit else {
            return .skip("it failed again after \(replayLimit.counted("replay"))")
        }
        do throws(LetterReplay.Refusal) {
            let replay = try LetterReplay(of: entry.letter, rules)
            let isCopy =
                index.wasSent(replay.copy, store: entry.letter.store)
                || !copies.insert("\(entry.letter.store ?? "")/\(replay.copy)", at: 0)
            return isCopy ? .mark(.replayed(count: replay.count, as: replay.copy)) : .act(replay)
        } catch {
            return .skip(error.reason)
        }
    }

    private mutating func act(_ entry: DeadEntry, _ replay: LetterReplay?) {
        planned += 1
        pending.done += 1
        if let replay {
            pending.copies.append(replay.record)
            pending.bytes += replay.record.byteCount
            resolve(entry, .replayed(count: replay.count, as: replay.copy))
        } else {
            release(entry)
            resolve(entry, .discarded)
        }
    }

    /// Lets the runs go on that wait for what becomes of a letter, where no copy of it takes its place.
    private mutating func release(_ entry: DeadEntry) {
        guard let release = entry.letter.release else { return }
        pending.copies.append(release)
        pending.bytes += release.byteCount
    }

    private mutating func resolve(_ entry: DeadEntry, _ deed: DeadResolution.Deed) {
        let resolution = DeadResolution(
            partition: entry.place.partition, offset: entry.place.offset, deed: deed,
            store: entry.letter.store, time: time(), command: command)
        pending.resolutions.append(resolution.record(rules.topics))
    }

    /// Hands over what is to be written.
    package mutating func takeBatch() -> Batch {
        defer { pending = Batch() }
        return pending
    }

    /// A batch was written, all of it.
    package mutating func written(_ batch: Batch) {
        report.done += batch.done
    }
}
