// Follows emitted events to the end of all their runs.

import Flow
import Pipeline
import Synchronization

/// Prints what becomes of events, and keeps what went wrong.
final class EmitWatch: Sendable {
    /// Failures that are kept to be shown at the end.
    private static let failureLimit = 10
    /// How long one look at the topics may take while nothing comes.
    private static let look = Duration.milliseconds(500)

    /// How long sending may stand still, the pause between two events aside: only where nobody takes the events, so
    /// that no more may be on their way.
    private static let stallLimit = Duration.seconds(60)

    let watcher: RunWatcher
    private let timeout: Duration
    private let stallLimit: Duration
    private let progress: Progress
    private let printer: Printer

    private struct State {
        var emitted: ContinuousClock.Instant?
        var isStalled = false
        var failures: [String] = []
    }

    private let state = Mutex(State())

    /// - Parameters:
    ///   - timeout: seconds after the last event was sent.
    ///   - rate: events per second.
    init(_ settings: Settings, timeout: Int, rate: Double?, _ progress: Progress, _ printer: Printer) throws {
        watcher = try RunWatcher(kafka: settings.kafka(), topics: settings.topics, logger: settings.logger)
        self.timeout = .seconds(timeout)
        stallLimit = max(self.timeout, Self.stallLimit) + .seconds(rate.map { 1 / $0 } ?? 0)
        self.progress = progress
        self.printer = printer
    }

    /// Everything was sent.
    func noteEmitted() {
        state.withLock { $0.emitted = .now }
    }

    /// Whether following ended because nothing more could be sent.
    var isStalled: Bool { state.withLock { $0.isStalled } }

    /// Returns when all events are over, or the time-out has passed since the last one was sent, or sending stands still.
    func follow() async throws {
        var lastNews = ContinuousClock.now
        while true {
            guard let news = try await watcher.next(within: Self.look) else { return }
            if !news.isEmpty { lastNews = .now }
            for item in news {
                let line = WatchLine.text(item)
                try printer.say(line)
                if Self.isFailure(item) { keep(line) }
            }
            if let emitted = state.withLock({ $0.emitted }) {
                if watcher.outstanding == 0 || emitted.duration(to: .now) > timeout { return }
            } else if max(progress.lastChange, lastNews).duration(to: .now) > stallLimit {
                state.withLock { $0.isStalled = true }
                return
            }
        }
    }

    private func keep(_ line: String) {
        state.withLock { state in
            if state.failures.count < Self.failureLimit { state.failures.append(line) }
        }
    }

    private static func isFailure(_ news: RunNews) -> Bool {
        switch news {
        case .unusable: true
        case .record(.event(let report)): report.refused != nil
        case .record(.attempt): false
        case .record(.end(let report)): report.end != .succeeded
        }
    }

    /// - Throws: what went wrong, and what never ended.
    func throwIfAnyFailed() throws(CommandError) {
        let (tally, outstanding) = (watcher.tally, watcher.outstanding)
        if isStalled {
            throw .failed(
                "sending stands still: only \(progress.done) of \(progress.total.counted("event")) were sent, and "
                    + "\(outstanding) of them are not over",
                do: RunStanding.remedy(watcher.standings), details: failures)
        }
        if outstanding > 0 {
            let examples = watcher.examples(Self.failureLimit).map { event, standing in
                "\(event.trigger) in \(event.store), event \(event.id): \(standing.text)"
            }
            throw .failed(
                "\(outstanding) of \(tally.total.events.counted("event")) had not ended "
                    + "\(timeout.components.seconds) s after the last was sent",
                do: RunStanding.remedy(watcher.standings), details: examples + failures)
        }
        guard tally.failures > 0 else { return }
        throw .failed(
            "\(tally.failures.counted("event or run", "events or runs")) did not succeed",
            do: Self.remedy(tally.total), details: failures)
    }

    private var failures: [String] { state.withLock { $0.failures } }

    static func remedy(_ total: RunTally.Counts) -> String {
        let remedies = [
            total.runsRejected + total.runsDead + total.unusable > 0
                ? "look at what failed with: sluice dead list" : nil,
            total.refused > 0
                ? "send other ids where they were duplicates; apply the store where it was unknown (sluice get stores)"
                : nil,
            total.runsCancelled > 0 ? "see what is cancelled with: sluice get cancellations" : nil,
        ]
        return remedies.compactMap { $0 }.joined(separator: "; ")
    }
}

extension RunStanding {
    var text: String {
        let words =
            switch kind {
            case .notMatched: "not matched yet"
            case .underWay: "matched, and its runs are under way"
            case .retrying: "waits to be sent again"
            case .held: "held"
            case .inDoubt: "waits for a decision"
            }
        return reason.map { "\(words): \($0)" } ?? words
    }

    /// What to do about events that stand so.
    static func remedy(_ kinds: Set<Kind>) -> String {
        if kinds.isEmpty { return "check that matchers and senders run (sluice run matcher sender)" }
        return Kind.allCases.filter(kinds.contains).map { kind in
            switch kind {
            case .notMatched: "check that a matcher runs that serves them (sluice run matcher)"
            case .underWay: "check that senders run that serve them (sluice run sender)"
            case .retrying: "give a longer --timeout to what waits to be sent again"
            case .held:
                "do for what is held what its reason says (sluice get pauses, sluice connections list)"
            case .inDoubt: "decide about what is in doubt (sluice in-doubt list)"
            }
        }.joined(separator: "; ")
    }
}
