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

    /// How long the registry may take to be read to its end.
    private static let readingBound = Duration.seconds(10)

    /// A matcher may know a user's connector as it was changed a moment ago: nothing is rejected by what this process read
    /// before.
    func prepared(_ run: ActionRun, _ queued: QueuedRun) async -> Result<Prepared, Refusal> {
        let first = prepare(run, queued)
        guard case .failure(let refusal) = first, case .rejected = refusal.outcome,
            !registry.directory.isBuiltIn(run.action.connector)
        else { return first }
        do {
            try await registry.catchUp(within: Self.readingBound)
        } catch {
            return .failure(
                Refusal(.retry(after: nil, reason: "the registry can't be read: \(error)", cause: .notSent)))
        }
        return prepare(run, queued)
    }

    /// Loads the store's connection, and makes the signed request or what the vendor's API needs.
    func prepare(_ run: ActionRun, _ queued: QueuedRun) -> Result<Prepared, Refusal> {
        guard let definition = catalogue.action(run.action) else {
            return .failure(Refusal(.rejected(reason: "there is no action \(run.action)")))
        }
        if queued.decision == .skip {
            return .failure(Refusal(.skipped(reason: "in doubt, and a person decided not to send it again")))
        }
        let problems = definition.validate(run.properties)
        guard problems.isEmpty else {
            let reason = problems.map(\.description).joined(separator: "; ")
            return .failure(Refusal(.rejected(reason: "the rendered inputs don't fit: \(reason)")))
        }
        let directory = registry.directory
        let passer = Passer(
            action: run.action, store: run.store, workflow: run.workflowRun.workflow,
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
            return try prepare(run, queued, definition, connection, directory)
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

    private func prepare(
        _ run: ActionRun, _ queued: QueuedRun, _ definition: ActionDefinition, _ connection: Connection,
        _ directory: Directory
    ) throws -> Result<Prepared, Refusal> {
        switch connection.channel(of: definition) {
        case .flowAction:
            guard let endpoint = connection.endpoint else {
                throw ConnectorsError.incompleteConnection(
                    id: connection.id, lacks: "the endpoint of its Flow actions")
            }
            let keys = try connection.secrets.map { Array(try secrets.open($0, for: connection.id).utf8) }
            let request = try FlowActionRequest.make(
                run: run, shopID: directory.stores[run.store]?.shopID, endpoint: endpoint, secrets: keys,
                now: clock.milliseconds() / 1000, timeout: configuration.timeout)
            return .success(.flow(request))
        case .vendorAPI:
            if let refusal = directory.refusal(of: connection.id) {
                let reason = Self.refusalText(connection.id, refusal.reason ?? "the vendor refused it")
                return .failure(
                    Refusal(
                        .held(
                            reason: reason,
                            by: .authorization(connector: run.action.connector, store: run.store))))
            }
            return .success(.api(try apiAttempt(run, queued, definition, connection, directory)))
        }
    }

    private func apiAttempt(
        _ run: ActionRun, _ queued: QueuedRun, _ definition: ActionDefinition, _ connection: Connection,
        _ directory: Directory
    ) throws -> APIAttempt {
        guard let api = Vendors.api(of: run.action.connector) else {
            throw ConnectorsError.incompleteConnection(
                id: connection.id, lacks: "the endpoint of its Flow actions: Sluice doesn't call its API")
        }
        guard let base = connection.destination(of: definition) else {
            throw ConnectorsError.incompleteConnection(
                id: connection.id, lacks: "the setting that decides where its API is")
        }
        let opened = try connection.api.credentials.mapValues { try secrets.open($0, for: connection.id) }
        guard let way = catalogue[run.action.connector]?.connection.way(for: Set(opened.keys)) else {
            throw ConnectorsError.incompleteConnection(
                id: connection.id, lacks: "credentials of its API")
        }
        let checkpoint = queued.record?.header(HeaderName.checkpoint)
        return APIAttempt(
            api: api, run: run, base: base.hasSuffix("/") ? String(base.dropLast()) : base,
            connection: OpenedConnection(
                id: connection.id,
                version: directory.newest(.connection, connection.id)?.version ?? 0, way: way,
                credentials: opened, tokenURL: connection.api.tokenURL),
            settings: connection.api.settings,
            // Only what was written by this program stands there.
            checkpoint: try checkpoint.map { try JSONParser.parse($0) },
            mayHaveActed: Self.mayHaveActed(queued))
    }

    /// Whether the vendor is to be looked at first. Somebody who decided to send it again has looked.
    static func mayHaveActed(_ queued: QueuedRun) -> Bool {
        queued.decision?.sends != true && (queued.mayHaveActed || queued.isSuspect)
    }

    static func refusalText(_ connection: String, _ reason: String) -> String {
        "re-auth needed: \(reason); set the connection \(connection) again, and the run goes on"
    }

    /// What pauses and cancellations ask about a run.
    private struct Passer {
        let action: ActionReference
        let store: String
        let workflow: String
        let eventTime: Int64?
    }

    /// By its headers, since this is asked for every run that may begin; records of earlier versions have it in their value.
    private func passer(of queued: QueuedRun, _ action: ActionReference) -> Passer? {
        guard
            let workflow = queued.record?.header(HeaderName.workflow) ?? run(of: queued)?.workflowRun.workflow
        else { return nil }
        return Passer(
            action: action, store: queued.store, workflow: workflow,
            eventTime: queued.record?.header(HeaderName.eventTime).flatMap { Int64($0) })
    }

    /// What a person put in a run's way, or a flood of dead letters.
    private func obstacle(to run: Passer, in directory: Directory) -> AttemptOutcome? {
        let connector = run.action.connector
        let connection = directory.connection(connector, store: run.store)
        let origin = connection.flatMap { self.origin(of: run.action, $0) }
        let cancellation = directory.cancellation(
            connector: connector, store: run.store, workflow: run.workflow, endpoint: origin,
            eventTime: run.eventTime)
        if let cancellation { return .cancelled(reason: cancellation.description) }
        let pause =
            directory.pause(
                connector: connector, store: run.store, workflow: run.workflow, endpoint: origin)
            ?? floods.pause(of: connector)
        return pause.map { .held(reason: $0.description, by: .pause($0.id)) }
    }

    /// Scheme, host and port of where an action's requests go.
    private func origin(of action: ActionReference, _ connection: Connection) -> String? {
        guard let definition = catalogue.action(action), let url = connection.destination(of: definition)
        else { return nil }
        return Endpoint.origin(of: url)
    }

    /// Which gates a run goes through. One that will not be sent goes through none.
    package func route(of queued: QueuedRun) -> Route {
        guard let type = queued.record?.header(HeaderName.type), queued.decision?.sends != false,
            let action = ActionReference(recordType: type)
        else { return .open }
        let directory = registry.directory
        guard let connection = directory.connection(action.connector, store: queued.store),
            let origin = self.origin(of: action, connection)
        else { return .open }
        if directory.mayStop, let passer = passer(of: queued, action),
            obstacle(to: passer, in: directory) != nil
        {
            return .open
        }
        let parsed =
            RateLimit.countsProperties(of: action, in: catalogue, for: connection) ? run(of: queued) : nil
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
