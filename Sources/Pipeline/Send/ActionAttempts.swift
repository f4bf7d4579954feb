import Connectors
import Flow
import Logging
import Metrics
import Registry
import Workers

/// One attempt of an action run, as five verbs: load, prepare, send, classify, settle.
///
/// It holds no state of runs; what it needs of stores it asks the registry for at each attempt, so that a changed
/// connection counts from the next attempt on.
package final class ActionAttempts: Sendable {
    let registry: RegistryReader
    let secrets: SecretBox
    let transport: any ActionTransport
    let authorizer: Authorizer
    let configuration: SenderConfiguration
    let topics: Topics
    let clock: SenderClock
    let logger: Logger
    let floods: FloodWatch

    package init(
        registry: RegistryReader, secrets: SecretBox, transport: any ActionTransport,
        authorizer: Authorizer, configuration: SenderConfiguration, topics: Topics, clock: SenderClock,
        logger: Logger
    ) {
        self.registry = registry
        self.secrets = secrets
        self.transport = transport
        self.authorizer = authorizer
        self.configuration = configuration
        self.topics = topics
        self.clock = clock
        self.logger = logger
        floods = FloodWatch(configuration.floodGuard)
    }

    /// Users' connectors come and change while it works.
    var catalogue: Catalogue { registry.catalogue }

    /// What the queue has to do, what is to be written, and what it says about the endpoint.
    package struct Attempted: Sendable {
        package let verdict: PartitionQueue.Verdict
        package let records: [WireRecord]
        package var signal = CircuitBreaker.Signal.none
        /// Requests that went out for it.
        package var calls = 1
    }

    /// - Parameters:
    ///   - time: RFC 3339, for a dead letter.
    ///   - begins: called right before the request goes out; false = it must not.
    /// - Returns: nil where it did not begin, and nothing is to be done.
    package func perform(
        _ queued: QueuedRun, at place: RecordPlace, time: String, begins: (StartNote) async -> Bool
    ) async -> Attempted? {
        // Its end and its letter were written when it failed.
        if queued.decision == .release { return Attempted(verdict: .ended, records: []) }
        let run: ActionRun
        do throws(UnusableRecord) {
            run = try ActionRun(queued.record ?? WireRecord(topic: place.topic, key: nil, value: nil))
        } catch {
            return unusable(queued, place, error, time)
        }
        let began = clock.now()
        var signal = CircuitBreaker.Signal.none
        let transport = CountingTransport(transport)
        let outcome: AttemptOutcome
        switch await authorized(prepared(run, queued), run) {
        case .success(let prepared):
            let lookUpDelay = lookUpDelay(of: prepared, run)
            guard await begins(startNote(of: run, queued, lookUpDelay)) else { return nil }
            let came = await send(prepared, run, by: transport)
            signal = CircuitBreaker.Signal(came)
            outcome = heeding(came, run, lookUpDelay)
        case .failure(let refusal):
            outcome = refusal.outcome
        }
        let spent = clock.now() - began
        let settlement = Settlement(
            of: outcome, run: run, queued: queued, place: place, spent: spent, policy: configuration.retry,
            holdsKey: registry.directory.connection(run.action.connector, store: run.store)?
                .afterDeadLetter == .hold,
            unit: Double.random(in: 0...1), time: time, topics: topics)
        report(run, queued, outcome, settlement, spent)
        if let end = settlement.end { floods.ended(run, as: end, logger) }
        return Attempted(
            verdict: settlement.verdict, records: settlement.records, signal: signal,
            calls: max(1, transport.count))
    }

    private func startNote(
        of run: ActionRun, _ queued: QueuedRun, _ lookUpDelay: Duration?
    ) -> StartNote {
        let doubt = RunRecord.AttemptReport(
            run: run, attempt: queued.attempts + 1, outcome: "in-doubt",
            reason: "its sender went away before it knew what came of the attempt", duration: .zero,
            delay: nil,
            end: nil)
        return StartNote(
            run: queued.key, store: run.store, position: queued.position,
            policy: catalogue.action(run.action)?.inDoubt ?? .resend,
            doubt: .attempt(doubt), lookUpDelay: lookUpDelay)
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
        // What becomes a dead letter is somebody's to look at.
        let isLetter = settlement.end == .dead || settlement.end == .rejected
        logger.log(level: isLetter ? .warning : .info, "action attempted", metadata: metadata)
        Counter(
            label: "sluice_attempts_total",
            dimensions: [("connector", run.action.connector), ("outcome", outcome.name)]
        ).increment()
    }
}

extension CircuitBreaker.Signal {
    /// What an outcome of a request says about the endpoint, whatever it says about the run.
    init(_ outcome: AttemptOutcome) {
        switch outcome {
        case .succeeded, .proceeded, .rejected, .skipped: self = .works
        case .held, .cancelled: self = .none
        case .retry(let after, _, let cause):
            switch cause {
            case .notYet: self = .works
            case .busy: self = .slowDown(min(after ?? .seconds(1), .seconds(60)))
            case .broken, .noAnswer, .notSent, .harmless: self = .fails
            }
        }
    }
}
