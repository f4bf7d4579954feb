// The mock vendor's memory: every request in order of arrival, totals, how often each run has been here, and tokens.
// What happens to a request at each door is in DeliveryLog+Doors.swift, waiting for a total in DeliveryLog+Waiting.swift,
// checking the order in DeliveryLog+Order.swift.

import DequeModule
import Flow
import Liquid
import Synchronization

/// The log of one mock vendor. Everything in it is bounded: entries by count and size, runs and tokens by
/// ``RecentValues``.
package final class DeliveryLog: Sendable {
    struct State {
        var entries: Deque<DeliveryEntry> = []
        var bytes = 0
        var nextSequence = 1
        var stats = DeliveryStats()
        var runs: RunMemory
        var tokens = TokenLedger()
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

    /// Enters a request that was refused before any script was asked. It is no attempt of a run.
    func refuse(
        _ request: ActionRequest, kind: DeliveryEntry.Kind, _ deed: Deed, signature: Bool?, time: Int64
    ) -> Acceptance {
        enter { state in
            refuse(request, kind: kind, deed: deed, signature: signature, time: time, in: &state)
        }
    }

    /// Notes that a request whose answer takes time was answered, or given up by its client.
    ///
    /// - Parameter isListening: whether its client still waited for the answer.
    func noteEnd(of acceptance: Acceptance, time: Int64, isListening: Bool) {
        guard acceptance.kind == .delivery else { return }
        let isSuccess = acceptance.deed.succeeds && isListening
        enter { state in
            note(.ended(sequence: acceptance.sequence, time: time, isSuccess: isSuccess), in: &state)
            guard isSuccess else { return }
            noteSuccess(of: acceptance, in: &state)
            guard let first = state.entries.first?.sequence, acceptance.sequence >= first else { return }
            state.entries[acceptance.sequence - first].isSuccess = true
        }
    }

    /// Forgets entries, totals, attempts and what was done; sequences go on, and tokens that were given still count.
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
    func enter<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
        let (result, reached) = state.withLock { state in
            (change(&state), Self.takeReached(from: &state))
        }
        for waiter in reached { waiter.continuation.resume() }
        return result
    }

    /// Enters a request with what is done with it, and counts it.
    ///
    /// - Parameter run: as it is with this attempt; nil for a request that belongs to none.
    func admit(
        _ request: ActionRequest, kind: DeliveryEntry.Kind = .delivery, call: String? = nil, attempt: Int,
        of run: (key: String, value: RunMemory.Run)?, deed: Deed, signature: Bool? = nil, time: Int64,
        in state: inout State
    ) -> Acceptance {
        let isDelivery = kind == .delivery
        let entry = DeliveryEntry(
            request, sequence: state.nextSequence, time: time, kind: kind, call: call, attempt: attempt,
            isSignatureValid: signature, answer: deed.countedAs, fault: deed.fault,
            isSuccess: isDelivery && deed.succeeds && !deed.takesTime)
        append(entry, countedAs: entry.action, to: &state)
        let acceptance = Acceptance(
            sequence: entry.sequence, kind: kind, action: entry.action, run: run?.key, deed: deed)
        guard isDelivery else { return acceptance }
        note(.began(entry), in: &state)
        if !deed.takesTime {
            note(.ended(sequence: entry.sequence, time: time, isSuccess: entry.isSuccess), in: &state)
        }
        guard let run else { return acceptance }
        let act = deed.acts ? state.runs.noteAct(of: run.key, call: call ?? "") : nil
        state.stats.update(entry.action) { action in
            action.distinctRuns += run.value.attempts == 1 ? 1 : 0
            action.repeatsAfterSuccess += run.value.hasSucceeded ? 1 : 0
            action.actedRuns += act?.isFirst == true ? 1 : 0
            action.actedAgain += act?.isAgain == true ? 1 : 0
        }
        if entry.isSuccess { noteSuccess(of: acceptance, in: &state) }
        return acceptance
    }

    /// Enters a request that nothing is done about. It is no attempt of a run.
    func refuse(
        _ request: ActionRequest, kind: DeliveryEntry.Kind = .delivery, call: String? = nil, deed: Deed,
        signature: Bool? = nil, time: Int64, in state: inout State
    ) -> Acceptance {
        let entry = DeliveryEntry(
            request, sequence: state.nextSequence, time: time, kind: kind, call: call, attempt: 0,
            isSignatureValid: signature, answer: deed.countedAs, fault: deed.fault, isSuccess: false)
        append(entry, countedAs: DeliveryStats.refusedAction, to: &state)
        state.stats.refused += 1
        return Acceptance(sequence: entry.sequence, kind: kind, action: entry.action, run: nil, deed: deed)
    }

    private func append(_ entry: DeliveryEntry, countedAs action: String, to state: inout State) {
        state.nextSequence += 1
        state.stats.requests += 1
        state.stats.faults += entry.fault == nil ? 0 : 1
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

    private func noteSuccess(of acceptance: Acceptance, in state: inout State) {
        guard let run = acceptance.run, state.runs.noteSuccess(of: run) else { return }
        state.stats.update(acceptance.action) { $0.succeededRuns += 1 }
    }
}
