import Connectors
import Flow
import Logging
import Metrics
import Registry

/// One attempt of an action run, as five verbs: load, prepare, send, classify, settle.
///
/// It holds no state of runs; what it needs of stores it asks the registry for at each attempt, so that a changed
/// connection counts from the next attempt on.
package final class ActionAttempts: Sendable {
    private let catalogue: Catalogue
    private let registry: RegistryReader
    private let secrets: SecretBox
    private let transport: any ActionTransport
    private let configuration: SenderConfiguration
    private let topics: Topics
    private let clock: SenderClock
    private let logger: Logger

    package init(
        catalogue: Catalogue, registry: RegistryReader, secrets: SecretBox, transport: any ActionTransport,
        configuration: SenderConfiguration,
        topics: Topics, clock: SenderClock, logger: Logger
    ) {
        self.catalogue = catalogue
        self.registry = registry
        self.secrets = secrets
        self.transport = transport
        self.configuration = configuration
        self.topics = topics
        self.clock = clock
        self.logger = logger
    }

    /// What the queue has to do, and what is to be written.
    package struct Attempted: Sendable {
        package let verdict: PartitionQueue.Verdict
        package let records: [WireRecord]
    }

    /// - Parameter time: RFC 3339, for a dead letter.
    package func perform(_ queued: QueuedRun, at place: RecordPlace, time: String) async -> Attempted {
        let run: ActionRun
        do throws(UnusableRecord) {
            run = try ActionRun(queued.record ?? WireRecord(topic: place.topic, key: nil, value: nil))
        } catch {
            return unusable(queued, place, error, time)
        }
        let began = clock.now()
        let outcome: AttemptOutcome
        switch prepare(run) {
        case .success(let request):
            outcome = FlowActionAnswer.classify(
                await transport.send(request), returns: catalogue.action(run.action)?.returns,
                types: catalogue[run.action.connector]?.types ?? [:], now: clock.milliseconds() / 1000)
        case .failure(let refusal):
            outcome = refusal.outcome
        }
        let spent = clock.now() - began
        let settlement = Settlement(
            of: outcome, run: run, queued: queued, place: place, spent: spent, policy: configuration.retry,
            unit: Double.random(in: 0...1), time: time, topics: topics)
        report(run, queued, outcome, settlement, spent)
        return Attempted(verdict: settlement.verdict, records: settlement.records)
    }

    private struct Refusal: Error {
        let outcome: AttemptOutcome
    }

    /// Loads the store's connection and makes the signed request.
    private func prepare(_ run: ActionRun) -> Result<VendorRequest, Refusal> {
        guard let definition = catalogue.action(run.action) else {
            return .failure(Refusal(outcome: .rejected(reason: "the catalogue has no action \(run.action)")))
        }
        let problems = definition.validate(run.properties)
        guard problems.isEmpty else {
            let reason = problems.map(\.description).joined(separator: "; ")
            return .failure(Refusal(outcome: .rejected(reason: "the rendered inputs don't fit: \(reason)")))
        }
        let directory = registry.directory
        let connection = directory.connection(run.action.connector, store: run.store)
        let pause = directory.pause(
            connector: run.action.connector, store: run.store, workflow: run.workflowRun.workflow,
            endpoint: connection.flatMap { Endpoint.origin(of: $0.endpoint) })
        if let pause { return .failure(Refusal(outcome: .held(reason: pause.description))) }
        guard let connection else {
            return .failure(
                Refusal(
                    outcome: .held(
                        reason:
                            "no connection of \(run.action.connector) for \(run.store); apply one, and the run goes on"
                    )))
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
            return .failure(Refusal(outcome: .held(reason: "\(error)")))
        }
    }

    private func unusable(
        _ queued: QueuedRun, _ place: RecordPlace, _ error: UnusableRecord, _ time: String
    ) -> Attempted {
        let letter = DeadLetter(
            connector: topics.connector(ofActions: place.topic) ?? place.topic, stage: .action,
            reason: error.reason,
            store: error.store, place: place, time: time, actionRun: queued.key.id,
            headers: queued.record?.headers ?? [], value: queued.record?.value)
        logger.warning(
            "action record unusable",
            metadata: [
                LogKeys.partition: "\(place.partition)", LogKeys.offset: "\(place.offset)",
                LogKeys.reason: "\(error.reason)",
            ])
        return Attempted(verdict: .ended, records: [letter.record(topics)])
    }

    private func report(
        _ run: ActionRun, _ queued: QueuedRun, _ outcome: AttemptOutcome, _ settlement: Settlement,
        _ spent: Duration
    ) {
        var metadata: Logger.Metadata = [
            LogKeys.connector: "\(run.action.connector)", LogKeys.action: "\(run.action.handle)",
            LogKeys.store: "\(run.store)", LogKeys.actionRun: "\(run.id)",
            LogKeys.event: "\(run.workflowRun.event.id)",
            LogKeys.workflow: "\(run.workflowRun.workflow)", LogKeys.attempt: "\(queued.attempts + 1)",
            LogKeys.outcome: "\(outcome.name)", LogKeys.duration: "\(spent.milliseconds)",
        ]
        if let delay = settlement.delay { metadata[LogKeys.delay] = "\(delay.milliseconds)" }
        if let end = settlement.end { metadata[LogKeys.end] = "\(end.rawValue)" }
        logger.info("action attempted", metadata: metadata)
        Counter(
            label: "sluice_attempts_total",
            dimensions: [("connector", run.action.connector), ("outcome", outcome.name)]
        ).increment()
    }
}
