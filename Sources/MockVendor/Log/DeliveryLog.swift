// The mock vendor's memory: every request in order of arrival, totals, and how often each run has been here.
// Waiting for a total is in DeliveryLog+Waiting.swift, checking the order in DeliveryLog+Order.swift.

import DequeModule
import Flow
import Liquid
import Synchronization

/// The log of one mock vendor. Everything in it is bounded: entries by count and size, runs by ``RunMemory``.
package final class DeliveryLog: Sendable {
    struct State {
        var entries: Deque<DeliveryEntry> = []
        var bytes = 0
        var nextSequence = 1
        var stats = DeliveryStats()
        var runs: RunMemory
        /// Lines for the log file that nobody has taken yet, in order.
        var lines: [UInt8] = []
        /// What happened and nobody has taken yet, in order.
        var news: Deque<DeliveryNews> = []
        var newsLost = 0
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
    }

    let state: Mutex<State>
    private let entryLimit: Int
    private let byteLimit: Int
    private let runLimit: Int
    private let keepsLines: Bool
    private let newsLimit: Int

    /// - Parameters:
    ///   - keepsLines: whether every entry is also kept as a line for ``takeLines()``.
    ///   - newsLimit: how much is kept for ``takeNews()``; the oldest makes room.
    init(entryLimit: Int, byteLimit: Int, runLimit: Int, keepsLines: Bool, newsLimit: Int = 0) {
        self.newsLimit = newsLimit
        self.entryLimit = entryLimit
        self.byteLimit = byteLimit
        self.runLimit = runLimit
        self.keepsLines = keepsLines
        state = Mutex(State(runs: RunMemory(limit: runLimit)))
    }

    // MARK: - Reading

    package var stats: DeliveryStats { state.withLock { $0.stats } }

    /// Entries with a higher sequence than `after`, oldest first; those that were dropped are missing.
    package func entries(after: Int = 0, limit: Int = .max) -> [DeliveryEntry] {
        state.withLock { state in
            guard let first = state.entries.first?.sequence else { return [] }
            // Sequences have no gaps, so the place of an entry follows from its number.
            let start = after < first ? 0 : min(after - first + 1, state.entries.count)
            return Array(state.entries[start...].prefix(max(limit, 0)))
        }
    }

    // MARK: - Writing

    /// Enters an accepted request, and chooses its answer by the number of attempts seen of its run.
    func accept(
        _ request: ActionRequest, script: VendorScript, signature: Bool?, time: Int64
    ) -> (sequence: Int, answer: ScriptedAnswer) {
        enter { state in
            let run = state.runs.countAttempt(of: request.runID)
            let answer = script.answer(
                connector: request.connector, handle: request.handle, store: request.store,
                runID: request.runID, attempt: run.attempts)
            let entry = DeliveryEntry(
                request, sequence: state.nextSequence, time: time, attempt: run.attempts,
                isSignatureValid: signature, answer: answer.countedAs,
                isSuccess: answer.finalStatus == 200 && !answer.takesTime)
            append(entry, countedAs: entry.action, to: &state)
            note(.began(entry), in: &state)
            if !answer.takesTime {
                note(
                    .ended(sequence: entry.sequence, time: time, isSuccess: entry.isSuccess), in: &state)
            }
            state.stats.update(entry.action) { action in
                action.distinctRuns += run.attempts == 1 ? 1 : 0
                action.repeatsAfterSuccess += run.hasSucceeded ? 1 : 0
            }
            if entry.isSuccess { noteSuccess(of: request, in: &state) }
            return (entry.sequence, answer)
        }
    }

    /// Enters a request that was refused with `status` before any script was asked. It is no attempt of a run.
    func refuse(_ request: ActionRequest, status: Int, signature: Bool?, time: Int64) {
        enter { state in
            let entry = DeliveryEntry(
                request, sequence: state.nextSequence, time: time, attempt: 0, isSignatureValid: signature,
                answer: String(status), isSuccess: false)
            append(entry, countedAs: DeliveryStats.refusedAction, to: &state)
            state.stats.refused += 1
        }
    }

    /// Notes that an accepted request whose answer takes time was answered, or given up by its client.
    ///
    /// - Parameter isSuccess: whether its success goes to a client that still listens.
    func noteEnd(of request: ActionRequest, sequence: Int, time: Int64, isSuccess: Bool) {
        enter { state in
            note(.ended(sequence: sequence, time: time, isSuccess: isSuccess), in: &state)
            guard isSuccess else { return }
            noteSuccess(of: request, in: &state)
            guard let first = state.entries.first?.sequence, sequence >= first else { return }
            state.entries[sequence - first].isSuccess = true
        }
    }

    /// Forgets entries, totals and attempts; sequences go on.
    package func clear() {
        enter { state in
            state.entries = []
            state.bytes = 0
            state.stats = DeliveryStats()
            state.runs = RunMemory(limit: runLimit)
        }
    }

    /// The lines that came since the last call.
    func takeLines() -> [UInt8] {
        state.withLock { state in
            defer { state.lines = [] }
            return state.lines
        }
    }

    /// What happened since the last call, in order, and how much of it was lost because nobody took it in time.
    package func takeNews() -> (news: [DeliveryNews], lost: Int) {
        state.withLock { state in
            defer {
                state.news = []
                state.newsLost = 0
            }
            return (Array(state.news), state.newsLost)
        }
    }

    // MARK: - Under the lock

    /// Changes the state, then resumes whoever waited for what it is now.
    private func enter<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
        let (result, reached) = state.withLock { state in
            (change(&state), Self.takeReached(from: &state))
        }
        for waiter in reached { waiter.continuation.resume() }
        return result
    }

    private func append(_ entry: DeliveryEntry, countedAs action: String, to state: inout State) {
        state.nextSequence += 1
        state.stats.requests += 1
        state.stats.update(action) { action in
            action.requests += 1
            action.answers[entry.answer, default: 0] += 1
        }
        if keepsLines {
            state.lines += entry.jsonBytes
            state.lines.append(UInt8(ascii: "\n"))
        }
        state.entries.append(entry)
        state.bytes += entry.estimatedBytes
        while state.entries.count > 1, state.entries.count > entryLimit || state.bytes > byteLimit {
            state.bytes -= state.entries.removeFirst().estimatedBytes
            state.stats.dropped += 1
        }
    }

    private func note(_ news: DeliveryNews, in state: inout State) {
        guard newsLimit > 0 else { return }
        state.news.append(news)
        while state.news.count > newsLimit {
            state.news.removeFirst()
            state.newsLost += 1
        }
    }

    private func noteSuccess(of request: ActionRequest, in state: inout State) {
        guard state.runs.noteSuccess(of: request.runID) else { return }
        state.stats.update(request.action) { $0.succeededRuns += 1 }
    }
}
