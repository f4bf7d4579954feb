// How often each action run has been here and what was done for it, within a bound.

/// What is remembered of action runs; the bound is that of ``RecentValues``.
struct RunMemory {
    struct Run {
        /// Deliveries, of all calls together.
        var attempts = 0
        var hasSucceeded = false
        /// By the names of a vendor API's calls; Flow's protocol has one, the empty name.
        var calls: [String: Call] = [:]

        var hasActed: Bool { calls.values.contains(where: \.hasActed) }
    }

    struct Call {
        var attempts = 0
        var hasActed = false
    }

    private var runs: RecentValues<Run>

    init(limit: Int) {
        runs = RecentValues(limit: limit)
    }

    var count: Int { runs.count }

    /// Where a run is remembered that came to a vendor's public API: apart from what came to other doors.
    static func key(_ run: String, at connector: String) -> String { "\(connector)\n\(run)" }

    /// Counts one more attempt; returns the run as it is with it.
    mutating func countAttempt(of id: String) -> Run {
        runs.update(id, or: Run()) { $0.attempts += 1 }
    }

    /// Counts a call of a vendor's API for a run; returns the run as it is with it.
    ///
    /// - Parameter isDelivery: a look-up is no attempt of the run.
    mutating func count(_ call: String, of id: String, isDelivery: Bool) -> Run {
        runs.update(id, or: Run()) { run in
            run.calls[call, default: Call()].attempts += 1
            if isDelivery { run.attempts += 1 }
        }
    }

    /// Returns whether this is the run's first success.
    mutating func noteSuccess(of id: String) -> Bool {
        var isFirst = false
        runs.update(id, or: Run()) { run in
            isFirst = !run.hasSucceeded
            run.hasSucceeded = true
        }
        return isFirst
    }

    /// Notes that the vendor did what a call asks for.
    ///
    /// - Returns: whether it is the first that is done for the run, and whether the same was done for it before.
    mutating func noteAct(of id: String, call: String) -> (isFirst: Bool, isAgain: Bool) {
        var (isFirst, isAgain) = (false, false)
        runs.update(id, or: Run()) { run in
            isFirst = !run.hasActed
            isAgain = run.calls[call]?.hasActed ?? false
            run.calls[call, default: Call()].hasActed = true
        }
        return (isFirst, isAgain)
    }

    /// Whether the vendor did anything for a run: what a look for it finds.
    func hasActed(for id: String) -> Bool { runs[id]?.hasActed ?? false }
}
