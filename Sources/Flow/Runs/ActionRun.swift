import Liquid

/// One requested execution of an action: what the app is to do, for which run, and what comes after it.
///
/// It is the value of an action record. `id` survives retries, replays and restarts; receivers key on it.
package struct ActionRun: Hashable, Sendable {
    package var id: RunID
    package var workflowRun: WorkflowRun
    package var action: ActionReference
    /// The step's id within its workflow: what later templates call `steps.<id>`.
    package var stepID: String
    /// The step's place in the tree: `0`, `2.then.1`.
    package var stepPath: String
    /// The rendered inputs.
    package var properties: [String: JSON]
    /// Steps that follow when this one succeeded, and what their templates may read.
    package var slip: RoutingSlip
    /// Runs with equal keys reach the app in order; nil = unordered.
    package var orderingKey: String?
    /// How often a person sent it again. With `id` it tells a replay from a repeat.
    package var replay: Int
    package var traceParent: String?
    /// When its event was published, ms since 1970; what a cancellation goes by.
    package var eventTime: Int64?

    package init(
        id: RunID, workflowRun: WorkflowRun, action: ActionReference, stepID: String, stepPath: String,
        properties: [String: JSON], slip: RoutingSlip, orderingKey: String?, replay: Int = 0,
        traceParent: String? = nil
    ) {
        self.id = id
        self.workflowRun = workflowRun
        self.action = action
        self.stepID = stepID
        self.stepPath = stepPath
        self.properties = properties
        self.slip = slip
        self.orderingKey = orderingKey
        self.replay = replay
        self.traceParent = traceParent
    }

    package var store: String { workflowRun.store }
}

/// One execution of one workflow version for one event.
package struct WorkflowRun: Hashable, Sendable {
    package var id: RunID
    package var workflow: String
    package var version: Int
    package var store: String
    package var event: EventIdentity

    package init(id: RunID, workflow: String, version: Int, store: String, event: EventIdentity) {
        self.id = id
        self.workflow = workflow
        self.version = version
        self.store = store
        self.event = event
    }
}

/// What identifies an event: its source (the connector), its store and its own id; with the kind it is of.
package struct EventIdentity: Hashable, Sendable {
    package var source: String
    package var store: String
    package var id: String
    package var trigger: TriggerReference

    package init(source: String, store: String, id: String, trigger: TriggerReference) {
        self.source = source
        self.store = store
        self.id = id
        self.trigger = trigger
    }
}
