/// What happened, as a record of the runs topic: one per event, per attempt and per end of a workflow run.
package enum RunRecord: Hashable, Sendable {
    case event(EventReport)
    case attempt(AttemptReport)
    case end(EndReport)

    /// A trigger event was taken: what will run, and why the rest will not.
    package struct EventReport: Hashable, Sendable {
        package var event: EventIdentity
        package var place: RecordPlace
        package var started: [Started]
        package var skipped: [Skipped]
        /// Why nothing was looked up at all: a duplicate, an unknown store, an unusable record.
        package var refused: String?

        package struct Started: Hashable, Sendable {
            package let run: RunID
            package let workflow: String
            package let version: Int

            package init(run: RunID, workflow: String, version: Int) {
                self.run = run
                self.workflow = workflow
                self.version = version
            }
        }

        package struct Skipped: Hashable, Sendable {
            package let workflow: String
            package let version: Int
            package let reason: SkipReason

            package init(workflow: String, version: Int, reason: SkipReason) {
                self.workflow = workflow
                self.version = version
                self.reason = reason
            }
        }

        package init(
            event: EventIdentity, place: RecordPlace, started: [Started] = [], skipped: [Skipped] = [],
            refused: String? = nil
        ) {
            self.event = event
            self.place = place
            self.started = started
            self.skipped = skipped
            self.refused = refused
        }
    }

    /// One attempt of an action run came to an outcome.
    package struct AttemptReport: Hashable, Sendable {
        package var actionRun: RunID
        package var workflowRun: RunID
        package var event: EventIdentity
        package var workflow: String
        package var action: ActionReference
        package var step: String
        package var attempt: Int
        package var outcome: String
        package var reason: String?
        package var durationMilliseconds: Int64
        /// When it may go again; nil when it will not.
        package var delayMilliseconds: Int64?
        /// The action run's end, where this attempt brought it.
        package var end: RunEnd?
        package var replay: Int

        package init(
            run: ActionRun, attempt: Int, outcome: String, reason: String?, duration: Duration,
            delay: Duration?, end: RunEnd?
        ) {
            actionRun = run.id
            workflowRun = run.workflowRun.id
            event = run.workflowRun.event
            workflow = run.workflowRun.workflow
            action = run.action
            step = run.stepID
            self.attempt = attempt
            self.outcome = outcome
            self.reason = reason
            durationMilliseconds = duration.milliseconds
            delayMilliseconds = delay?.milliseconds
            self.end = end
            replay = run.replay
        }
    }

    /// A workflow run ended.
    package struct EndReport: Hashable, Sendable {
        package var run: WorkflowRun
        package var end: RunEnd
        package var reason: String?

        package init(run: WorkflowRun, end: RunEnd, reason: String?) {
            self.run = run
            self.end = end
            self.reason = reason
        }
    }
}

/// How a run ends.
package enum RunEnd: String, Hashable, Sendable, CaseIterable {
    case succeeded, rejected, dead, cancelled
}

/// Why a workflow that has the event's trigger did not run for it.
package enum SkipReason: Hashable, Sendable, CustomStringConvertible {
    case workflowDisabled
    case sluiceNotInstalled
    case connectorNotInstalled(String)
    case conditionsNotMet

    package var description: String {
        switch self {
        case .workflowDisabled: "workflow-disabled"
        case .sluiceNotInstalled: "sluice-not-installed"
        case .connectorNotInstalled(let connector): "connector-not-installed (\(connector))"
        case .conditionsNotMet: "conditions-not-met"
        }
    }
}
