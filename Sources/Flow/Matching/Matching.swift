import Liquid

/// Decides what an event starts: the seed's rules in one place, without I/O.
package struct Matching: Sendable {
    package var report: RunRecord.EventReport
    /// First actions of the started runs, each with the delay of the waits before it.
    package var actions: [(run: ActionRun, delay: Duration)] = []
    /// Runs that ended at once: nothing to do, conditions that cost too much, or a template that failed.
    package var ends: [RunRecord.EndReport] = []

    private init(_ report: RunRecord.EventReport) {
        self.report = report
    }

    /// An event that started nothing for a reason of its own.
    package static func refused(_ event: EventIdentity, at place: RecordPlace, reason: String) -> Matching {
        Matching(RunRecord.EventReport(event: event, place: place, refused: reason))
    }

    /// Every workflow of the store and its organization that has the event's trigger either starts a run or leaves a
    /// visible skip; a store without such a workflow leaves an empty report.
    package static func match(_ event: TriggerEvent, at place: RecordPlace, in directory: Directory)
        -> Matching
    {
        guard let store = directory.stores[event.identity.store] else {
            return .refused(event.identity, at: place, reason: "unknown-store")
        }
        var matching = Matching(RunRecord.EventReport(event: event.identity, place: place))
        let context: [String: JSON] = ["trigger": event.payload, "store": store.context]
        for versioned in directory.workflows(for: event.identity.trigger, in: store) {
            matching.consider(versioned, event, store, context)
        }
        return matching
    }

    private mutating func consider(
        _ versioned: Directory.VersionedWorkflow, _ event: TriggerEvent, _ store: Store,
        _ context: [String: JSON]
    ) {
        let workflow = versioned.workflow
        var work = ConditionWork()
        var excess: ConditionWork.Excess?
        if let reason = Self.skipReason(workflow, store, context, &work, &excess) {
            report.skipped.append(.init(workflow: workflow.id, version: versioned.version, reason: reason))
            return
        }
        let run = Self.run(of: versioned, event.identity, store)
        report.started.append(.init(run: run.id, workflow: workflow.id, version: versioned.version))
        if let excess {
            ends.append(.init(run: run, end: .rejected, reason: "conditions: \(excess)"))
            return
        }
        let orderingKey = workflow.orderingKey(store: store.domain, payload: event.payload)
        switch StepWalk.next(workflow.steps, context: context, work: work) {
        case .action(let rendered, let delay):
            var action = ActionRun(
                rendered, of: run, orderingKey: orderingKey, traceParent: event.traceParent)
            action.eventTime = event.published
            actions.append((action, delay))
        case .end:
            ends.append(.init(run: run, end: .succeeded, reason: "no step to do"))
        case .failed(let step, let reason):
            ends.append(.init(run: run, end: .rejected, reason: "step \(step): \(reason)"))
        }
    }

    private static func run(
        of versioned: Directory.VersionedWorkflow, _ event: EventIdentity, _ store: Store
    ) -> WorkflowRun {
        let workflow = versioned.workflow.id
        return WorkflowRun(
            id: .workflowRun(store: store.domain, source: event.source, event: event.id, workflow: workflow),
            workflow: workflow, version: versioned.version, store: store.domain, event: event)
    }

    /// What an event would start, told without rendering anything, and with the work for one workflow's conditions in all.
    ///
    /// - Returns: the report, and whether it has every workflow in it.
    package static func outlook(
        of event: TriggerEvent, at place: RecordPlace, in directory: Directory
    ) -> (report: RunRecord.EventReport, isWhole: Bool) {
        guard let store = directory.stores[event.identity.store] else {
            return (refused(event.identity, at: place, reason: "unknown-store").report, true)
        }
        var report = RunRecord.EventReport(event: event.identity, place: place)
        let context: [String: JSON] = ["trigger": event.payload, "store": store.context]
        var work = ConditionWork()
        for versioned in directory.workflows(for: event.identity.trigger, in: store) {
            let workflow = versioned.workflow
            var excess: ConditionWork.Excess?
            if let reason = skipReason(workflow, store, context, &work, &excess) {
                report.skipped.append(
                    .init(workflow: workflow.id, version: versioned.version, reason: reason))
                continue
            }
            guard excess == nil else { return (report, false) }
            let run = run(of: versioned, event.identity, store)
            report.started.append(.init(run: run.id, workflow: workflow.id, version: versioned.version))
        }
        return (report, true)
    }

    /// - Parameter excess: set where the conditions cost too much to be decided: then the run ends instead of skipping.
    private static func skipReason(
        _ workflow: Workflow, _ store: Store, _ context: [String: JSON], _ work: inout ConditionWork,
        _ excess: inout ConditionWork.Excess?
    ) -> SkipReason? {
        if !workflow.isEnabled { return .workflowDisabled }
        if !store.isSluiceInstalled { return .sluiceNotInstalled }
        if let missing = workflow.connectors.first(where: { !store.apps.contains($0) }) {
            return .connectorNotInstalled(missing)
        }
        guard let condition = workflow.condition else { return nil }
        do throws(ConditionWork.Excess) {
            return try condition.holds(in: context, work: &work) ? nil : .conditionsNotMet
        } catch {
            excess = error
            return nil
        }
    }
}

extension Store {
    /// What templates read as `store`.
    fileprivate var context: JSON {
        .compact([
            "domain": .string(domain), "organization": organization.map { .string($0) }, "shop_id": shopID,
        ])
    }
}

extension ActionRun {
    /// The run of a rendered step. Its id depends on the event, the workflow and the step alone.
    package init(
        _ rendered: StepWalk.Rendered, of run: WorkflowRun, orderingKey: String?, traceParent: String?
    ) {
        self.init(
            id: .actionRun(
                store: run.store, source: run.event.source, event: run.event.id, workflow: run.workflow,
                stepPath: rendered.stepPath),
            workflowRun: run, action: rendered.action, stepID: rendered.stepID, stepPath: rendered.stepPath,
            properties: rendered.properties, slip: rendered.slip, orderingKey: orderingKey,
            traceParent: traceParent)
    }
}
