// How often each action run has been here, within a bound.

/// Attempts by action run, forgetting the runs that have not been seen for longest.
///
/// Two generations instead of a linked list: runs are counted in the recent one, and when that holds `limit` runs
/// it becomes the older one and the former older one is forgotten. A run that comes again moves back into the
/// recent generation. So a run is remembered while fewer than `limit` others were seen since, and never more
/// than `2 × limit` are held.
struct RunMemory {
    struct Run {
        var attempts = 0
        var hasSucceeded = false
    }

    private let limit: Int
    private var recent: [String: Run] = [:]
    private var older: [String: Run] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { recent.count + older.count }

    /// Counts one more attempt; returns the run as it is with it.
    mutating func countAttempt(of id: String) -> Run {
        update(id) { $0.attempts += 1 }
    }

    /// Returns whether this is the run's first success.
    mutating func noteSuccess(of id: String) -> Bool {
        var isFirst = false
        _ = update(id) { run in
            isFirst = !run.hasSucceeded
            run.hasSucceeded = true
        }
        return isFirst
    }

    private mutating func update(_ id: String, _ change: (inout Run) -> Void) -> Run {
        var run = recent[id] ?? older.removeValue(forKey: id) ?? Run()
        change(&run)
        recent[id] = run
        if recent.count >= limit {
            older = recent
            recent = [:]
        }
        return run
    }
}
