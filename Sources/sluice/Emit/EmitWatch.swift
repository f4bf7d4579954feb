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
                "sending stands still: only \(progress.done) of \(progress.total) events were sent, and \(outstanding) of "
                    + "them are not over",
                do: "check that matchers and senders run (sluice run matcher sender)", details: failures)
        }
        if outstanding > 0 {
            let examples = watcher.examples(Self.failureLimit).map { event, isMatched in
                "\(event.trigger) in \(event.store), event \(event.id): "
                    + (isMatched ? "matched, and its runs have not ended" : "not matched yet")
            }
            throw .failed(
                "\(outstanding) of \(tally.total.events) events had not ended \(timeout.components.seconds) s after the "
                    + "last was sent",
                do:
                    "check that matchers and senders run (sluice run matcher sender); a run that waits for a retry "
                    + "wants a longer --timeout, a held one a connection, or a sluice resume (sluice get pauses)",
                details: examples + failures)
        }
        guard tally.failures > 0 else { return }
        let what = tally.failures == 1 ? "one event or run" : "\(tally.failures) events or runs"
        throw .failed("\(what) did not succeed", do: Self.remedy(tally), details: failures)
    }

    private var failures: [String] { state.withLock { $0.failures } }

    private static func remedy(_ tally: RunTally) -> String {
        tally.total.runsRejected + tally.total.runsDead + tally.total.unusable > 0
            ? "look at them with: sluice dead list"
            : "send other ids where they were duplicates; apply the store where it was unknown"
    }
}
