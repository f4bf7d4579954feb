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

    let watcher: RunWatcher
    private let timeout: Duration
    private let progress: Progress
    private let printer: Printer
    private let state = Mutex<(isEmitted: Bool, failures: [String])>((false, []))

    init(_ watcher: RunWatcher, timeout: Duration, progress: Progress, printer: Printer) {
        self.watcher = watcher
        self.timeout = timeout
        self.progress = progress
        self.printer = printer
    }

    /// Everything was sent.
    func noteEmitted() {
        state.withLock { $0.isEmitted = true }
    }

    /// Returns when all events are over, or the time-out has passed since the last one was sent.
    func follow() async throws {
        while true {
            guard let news = try await watcher.next(within: Self.look) else { return }
            for item in news {
                let line = WatchLine.text(item)
                try printer.say(line)
                if Self.isFailure(item) { keep(line) }
            }
            let isEmitted = state.withLock { $0.isEmitted }
            if isEmitted, watcher.outstanding == 0 { return }
            if progress.lastChange.duration(to: .now) > timeout { return }
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
                    + "wants a longer --timeout",
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
