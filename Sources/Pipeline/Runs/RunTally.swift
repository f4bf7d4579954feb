import Flow

/// Counts of what became of watched events.
package struct RunTally: Hashable, Sendable {
    /// Events count for the connector that sent them, attempts for the one that received them, runs for the one whose
    /// event started them.
    package struct Counts: Hashable, Sendable {
        /// Events that were announced.
        package var events = 0
        /// Events that started at least one run.
        package var matched = 0
        /// Events that no workflow ran for.
        package var unmatched = 0
        /// Duplicates and events of unknown stores.
        package var refused = 0
        package var unusable = 0
        package var runsStarted = 0
        /// Workflows that had the trigger and did not run.
        package var runsSkipped = 0
        package var runsSucceeded = 0
        package var runsRejected = 0
        package var runsDead = 0
        package var runsCancelled = 0
        package var attempts = 0
        /// Action runs that succeeded, each once.
        package var delivered = 0
        /// Attempts that failed and are made again.
        package var retries = 0
        package var held = 0
        /// Action runs that ended otherwise.
        package var rejected = 0
        package var dead = 0

        package init() {}
    }

    package private(set) var connectors: [String: Counts] = [:]
    package private(set) var total = Counts()
    /// Triggers that started at least one run.
    package private(set) var triggersMatched: Set<TriggerReference> = []
    /// Actions that succeeded at least once.
    package private(set) var actionsDelivered: Set<ActionReference> = []
    /// Actions that failed at least once and were tried again.
    package private(set) var actionsRetried: Set<ActionReference> = []

    package init() {}

    /// Workflow runs that ended in any way but well, and events that were lost on the way.
    package var failures: Int {
        total.refused + total.unusable + total.runsRejected + total.runsDead + total.runsCancelled
    }

    mutating func count(_ connector: String, _ change: (inout Counts) -> Void) {
        change(&connectors[connector, default: Counts()])
        change(&total)
    }

    mutating func noteMatch(of trigger: TriggerReference) { triggersMatched.insert(trigger) }
    mutating func noteRetry(of action: ActionReference) { actionsRetried.insert(action) }
    mutating func noteDelivery(of action: ActionReference) { actionsDelivered.insert(action) }
}
