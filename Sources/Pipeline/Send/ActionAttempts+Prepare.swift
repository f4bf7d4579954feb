import Connectors
import Flow
import Logging
import Registry

// From a run to a signed request, or to why there is none.

extension ActionAttempts {
    struct Refusal: Error {
        let outcome: AttemptOutcome

        init(_ outcome: AttemptOutcome) {
            self.outcome = outcome
        }
    }

    /// Loads the store's connection and makes the signed request.
    func prepare(_ run: ActionRun, decision: Decision?) -> Result<VendorRequest, Refusal> {
        guard let definition = catalogue.action(run.action) else {
            return .failure(Refusal(.rejected(reason: "the catalogue has no action \(run.action)")))
        }
        if decision == .skip {
            return .failure(Refusal(.skipped(reason: "in doubt, and a person decided not to send it again")))
        }
        let problems = definition.validate(run.properties)
        guard problems.isEmpty else {
            let reason = problems.map(\.description).joined(separator: "; ")
            return .failure(Refusal(.rejected(reason: "the rendered inputs don't fit: \(reason)")))
        }
        let directory = registry.directory
        let passer = Passer(
            connector: run.action.connector, store: run.store, workflow: run.workflowRun.workflow,
            eventTime: run.eventTime)
        if let obstacle = obstacle(to: passer, in: directory) { return .failure(Refusal(obstacle)) }
        guard let connection = directory.connection(run.action.connector, store: run.store) else {
            return .failure(
                Refusal(
                    .held(
                        reason:
                            "no connection of \(run.action.connector) for \(run.store); apply one, and the run goes on",
                        by: .connection(connector: run.action.connector, store: run.store))))
        }
        do {
            let keys = try connection.secrets.map { Array(try secrets.open($0, for: connection.id).utf8) }
            return .success(
                try FlowActionRequest.make(
                    run: run, shopID: directory.stores[run.store]?.shopID, endpoint: connection.endpoint,
                    secrets: keys,
                    now: clock.milliseconds() / 1000, timeout: configuration.timeout))
        } catch {
            // Nothing goes out until somebody does something: an operator must find it among the warnings.
            logger.warning(
                "action held: its connection can't be used",
                metadata: [
                    LogKeys.connector: "\(run.action.connector)", LogKeys.store: "\(run.store)",
                    LogKeys.reason: "\(error)",
                ])
            return .failure(Refusal(.held(reason: "\(error)", by: .other)))
        }
    }

    /// What pauses and cancellations ask about a run.
    private struct Passer {
        let connector: String
        let store: String
        let workflow: String
        let eventTime: Int64?
    }

    /// By its headers, since this is asked for every run that may begin; records of earlier versions have it in their value.
    private func passer(of queued: QueuedRun, _ connector: String) -> Passer? {
        guard
            let workflow = queued.record?.header(HeaderName.workflow) ?? run(of: queued)?.workflowRun.workflow
        else { return nil }
        return Passer(
            connector: connector, store: queued.store, workflow: workflow,
            eventTime: queued.record?.header(HeaderName.eventTime).flatMap { Int64($0) })
    }

    /// What a person put in a run's way, or a flood of dead letters.
    private func obstacle(to run: Passer, in directory: Directory) -> AttemptOutcome? {
        let origin = directory.connection(run.connector, store: run.store).flatMap {
            Endpoint.origin(of: $0.endpoint)
        }
        let cancellation = directory.cancellation(
            connector: run.connector, store: run.store, workflow: run.workflow, endpoint: origin,
            eventTime: run.eventTime)
        if let cancellation { return .cancelled(reason: cancellation.description) }
        let pause =
            directory.pause(
                connector: run.connector, store: run.store, workflow: run.workflow, endpoint: origin)
            ?? floods.pause(of: run.connector)
        return pause.map { .held(reason: $0.description, by: .pause($0.id)) }
    }

    /// Which gates a run goes through. One that will not be sent goes through none.
    package func route(of queued: QueuedRun) -> Route {
        guard let type = queued.record?.header(HeaderName.type), queued.decision?.sends != false,
            let action = ActionReference(recordType: type)
        else { return .open }
        let directory = registry.directory
        guard let connection = directory.connection(action.connector, store: queued.store),
            let origin = Endpoint.origin(of: connection.endpoint)
        else { return .open }
        if directory.mayStop, let passer = passer(of: queued, action.connector),
            obstacle(to: passer, in: directory) != nil
        {
            return .open
        }
        let parsed = needsProperties(action, connection) ? run(of: queued) : nil
        if floods.pause(of: action.connector) != nil { return .open }
        let allowances = RateLimit.allowances(
            of: action, in: catalogue, for: connection, store: queued.store,
            properties: parsed?.properties ?? [:])
        return Route(
            allowances: allowances, connector: action.connector, store: queued.store, origin: origin)
    }

    package func weight(ofStore domain: String) -> Int { registry.directory.stores[domain]?.weight ?? 1 }

    /// How often something changed that may let held runs go.
    package var holdChangeCount: Int { registry.directory.holdChangeCount }
    /// Nil = nobody knows which.
    package func holdChanges(since count: Int) -> [HoldChange]? {
        registry.directory.holdChanges(since: count)
    }

    package func stillHolds(_ hold: Hold) -> Bool { hold.holds(in: registry.directory) }

    private func needsProperties(_ action: ActionReference, _ connection: Connection) -> Bool {
        let limits =
            connection.limits
            ?? (catalogue[action.connector]?.limits ?? []) + (catalogue.action(action)?.delivery.limits ?? [])
        return limits.contains { $0.property != nil }
    }

    private func run(of queued: QueuedRun) -> ActionRun? {
        guard let record = queued.record else { return nil }
        do throws(UnusableRecord) {
            return try ActionRun(record)
        } catch {
            // It becomes a dead letter when it is tried.
            return nil
        }
    }
}
