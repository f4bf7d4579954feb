// Shows how far long work has come, on standard error.

import Synchronization

/// A bar on a terminal; in a pipe, a line every few seconds. Short work shows nothing.
final class Progress: Sendable {
    private struct State {
        var done = 0
        var lastChange = ContinuousClock.now
    }

    private static let barInterval = Duration.milliseconds(200)
    private static let lineInterval = Duration.seconds(5)

    let total: Int
    private let what: String
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// - Parameter what: things in the plural: `events`.
    init(total: Int, of what: String) {
        self.total = total
        self.what = what
    }

    var done: Int { state.withLock { $0.done } }
    /// When something was last done.
    var lastChange: ContinuousClock.Instant { state.withLock { $0.lastChange } }
    var elapsed: Duration { start.duration(to: .now) }

    func add(_ count: Int) {
        state.withLock { state in
            state.done += count
            state.lastChange = .now
        }
    }

    /// Shows the progress as long as the body runs.
    func whileShown<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.show() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func show() async {
        let isBar = Terminal.isErrorTerminal
        let interval = isBar ? Self.barInterval : Self.lineInterval
        // A sleep that fails was cancelled: the work is over.
        while (try? await Task.sleep(for: interval)) != nil {
            if isBar {
                Terminal.showBar("\r" + ProgressText.bar(done: done, of: total, what, elapsed: elapsed))
            } else {
                Terminal.complain(ProgressText.line(done: done, of: total, what, elapsed: elapsed))
            }
        }
        // The bar makes room for what follows.
        if isBar { Terminal.showBar("\r\u{1B}[K") }
    }
}
