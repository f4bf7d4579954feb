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
        /// By status, `no-answer`, `close` and `lost`.
        package internal(set) var answers: [String: Int] = [:]
        /// Requests for a run that had already been answered with 200: what an engine must keep rare.
        package internal(set) var repeatsAfterSuccess = 0
        /// Action runs for which the vendor did something, whether its answer arrived or not.
        package internal(set) var actedRuns = 0
        /// Requests by which it did for a run what it had done before: what a look before a repeat should have prevented.
        package internal(set) var actedAgain = 0
    }

    /// Different actions that are counted apart; the rest are counted under `other`.
    static let actionLimit = 10_000
    /// What refused requests are counted under, all of them: they name whatever their sender likes, and must not take the
    /// places of real actions.
    static let refusedAction = "refused"

    package internal(set) var requests = 0
    /// Requests that nothing was done about: with a wrong or missing signature, with a body that is no action run, and
    /// those that don't fit the vendor's description.
    package internal(set) var refused = 0
    /// Entries with a fault: refused requests, and those for which a script named an answer that isn't there.
    package internal(set) var faults = 0
    /// Access tokens that were given.
    package internal(set) var refreshes = 0
    /// Entries that made room for newer ones in the log.
    package internal(set) var dropped = 0
    /// By `connector/handle`, calls and token requests included; also `refused` and `other`.
    package internal(set) var actions: [String: Action] = [:]

    package init() {}

    package var distinctRuns: Int { actions.values.reduce(0) { $0 + $1.distinctRuns } }
    package var succeededRuns: Int { actions.values.reduce(0) { $0 + $1.succeededRuns } }
    package var repeatsAfterSuccess: Int { actions.values.reduce(0) { $0 + $1.repeatsAfterSuccess } }
    package var actedRuns: Int { actions.values.reduce(0) { $0 + $1.actedRuns } }
    package var actedAgain: Int { actions.values.reduce(0) { $0 + $1.actedAgain } }

    mutating func update(_ action: String, _ change: (inout Action) -> Void) {
        let isCountedApart = actions[action] != nil || actions.count < Self.actionLimit
        change(&actions[isCountedApart ? action : "other", default: Action()])
    }

    package var json: JSON {
        [
            "requests": .integer(Int64(requests)), "refused": .integer(Int64(refused)),
            "faults": .integer(Int64(faults)), "refreshes": .integer(Int64(refreshes)),
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
            "acted_runs": .integer(Int64(actedRuns)), "acted_again": .integer(Int64(actedAgain)),
        ]
    }
}
