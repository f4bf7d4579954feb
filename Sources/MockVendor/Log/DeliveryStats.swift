// What the mock vendor has counted, for tests, the CLI's tables and GET /stats.

import Flow
import Liquid

/// Totals since the start or since the log was cleared.
package struct DeliveryStats: Hashable, Sendable {
    package struct Action: Hashable, Sendable {
        package internal(set) var requests = 0
        /// Action runs seen for the first time; one that ``RunMemory`` has forgotten counts again.
        package internal(set) var distinctRuns = 0
        package internal(set) var succeededRuns = 0
        /// By status, `no-answer` and `close`.
        package internal(set) var answers: [String: Int] = [:]
        /// Requests for a run that had already been answered with 200: what an engine must keep rare.
        package internal(set) var repeatsAfterSuccess = 0
    }

    /// Different actions that are counted apart; the rest are counted under `other`.
    static let actionLimit = 10_000
    /// What refused requests are counted under, all of them: they name whatever their sender likes, and must not take the
    /// places of real actions.
    static let refusedAction = "refused"

    package internal(set) var requests = 0
    /// Requests with a wrong or missing signature, or a body that is no action run.
    package internal(set) var refused = 0
    /// Entries that made room for newer ones in the log.
    package internal(set) var dropped = 0
    /// By `connector/handle`; also `refused` and `other`.
    package internal(set) var actions: [String: Action] = [:]

    package init() {}

    package var distinctRuns: Int { actions.values.reduce(0) { $0 + $1.distinctRuns } }
    package var succeededRuns: Int { actions.values.reduce(0) { $0 + $1.succeededRuns } }
    package var repeatsAfterSuccess: Int { actions.values.reduce(0) { $0 + $1.repeatsAfterSuccess } }

    mutating func update(_ action: String, _ change: (inout Action) -> Void) {
        let isCountedApart = actions[action] != nil || actions.count < Self.actionLimit
        change(&actions[isCountedApart ? action : "other", default: Action()])
    }

    package var json: JSON {
        [
            "requests": .integer(Int64(requests)), "refused": .integer(Int64(refused)),
            "dropped": .integer(Int64(dropped)), "actions": .object(actions.mapValues(\.json)),
        ]
    }
}

extension DeliveryStats.Action {
    fileprivate var json: JSON {
        [
            "requests": .integer(Int64(requests)), "distinct_runs": .integer(Int64(distinctRuns)),
            "succeeded_runs": .integer(Int64(succeededRuns)),
            "answers": .object(answers.mapValues { .integer(Int64($0)) }),
            "repeats_after_success": .integer(Int64(repeatsAfterSuccess)),
        ]
    }
}
