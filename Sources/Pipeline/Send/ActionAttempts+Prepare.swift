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
        if let obstacle = obstacle(to: run, in: directory) { return .failure(Refusal(obstacle)) }
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

    /// What a person put in a run's way, or a flood of dead letters.
    private func obstacle(to run: ActionRun, in directory: Directory) -> AttemptOutcome? {
        let connector = run.action.connector
        let origin = directory.connection(connector, store: run.store).flatMap {
            Endpoint.origin(of: $0.endpoint)
        }
        let cancellation = directory.cancellation(
            connector: connector, store: run.store, workflow: run.workflowRun.workflow, endpoint: origin,
            eventTime: run.eventTime)
        if let cancellation { return .cancelled(reason: cancellation.description) }
        let pause =
            directory.pause(
                connector: connector, store: run.store, workflow: run.workflowRun.workflow, endpoint: origin)
            ?? floods.pause(of: connector)
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
        let parsed = directory.mayStop || needsProperties(action, connection) ? run(of: queued) : nil
        if let parsed, obstacle(to: parsed, in: directory) != nil { return .open }
        if floods.pause(of: action.connector) != nil { return .open }
        let allowances = RateLimit.allowances(
            of: action, in: catalogue, for: connection, store: queued.store,
            properties: parsed?.properties ?? [:])
        return Route(
            allowances: allowances, connector: action.connector, store: queued.store, origin: origin)
    }

    package func weight(ofStore domain: String) -> Int { registry.directory.stores[domain]?.weight ?? 1 }

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
