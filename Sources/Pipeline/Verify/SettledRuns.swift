import Flow

/// What is remembered of runs that are over, so that what comes late is known for a repeat. Bounded: of more than twice the
/// limit the oldest are forgotten.
struct SettledRuns: Sendable {
    struct Run: Sendable {
        let key: String
        let position: Int
        /// When the last request came, if there may be no other after it.
        var finished: Int64?
        let lostAnswers: Int
        let isStarted: Bool
    }

    private let limit: Int
    private var recent: [RunID: Run] = [:]
    private var older: [RunID: Run] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    subscript(id: RunID) -> Run? { recent[id] ?? older[id] }

    mutating func update(_ id: RunID, finished: Int64?) {
        if recent[id] != nil {
            recent[id]?.finished = finished
        } else {
            older[id]?.finished = finished
        }
    }

    mutating func insert(_ run: Run, _ id: RunID) {
        recent[id] = run
        if recent.count >= limit {
            older = recent
            recent = [:]
        }
    }
}
