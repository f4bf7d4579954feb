// A verification at work: emits, listens, and compares.

import Flow
import Kafka
import Logging
import MockVendor
import Pipeline
import Synchronization
import Workers

/// One verification on a cluster where workers run: `begin`, `probe`, then `emit` while `follow` runs beside it.
///
/// It neither starts workers nor stops them; whoever does tells it with `note`.
final class Verification: Sendable {
    /// Runs in memory at most: those under way, and those behind them in their key's order.
    static let heldLimit = 100_000
    /// Events that go to Kafka together, at most.
    private static let batchLimit = 1_000
    /// How often the vendor's news is looked at.
    private static let look = Duration.milliseconds(50)
    /// What a vendor keeps until it is looked at.
    static let newsLimit = 1_000_000

    let plan: VerificationPlan
    private let heldLimit: Int
    private let topics: Topics
    private let vendor: MockVendor
    private let reader: RunsReader
    private let producer: Producer
    private let inquest: LossInquest
    private let check: Mutex<HistoryCheck>
    private let emitted = Mutex(0)
    private let changes = ChangeSignal()

    /// - Parameter vendor: must keep its news, `newsLimit` of it.
    init(
        _ plan: VerificationPlan, kafka: KafkaConfiguration, topics: Topics, vendor: MockVendor,
        rules: CheckRules, heldLimit: Int = Verification.heldLimit, logger: Logger
    ) throws {
        self.heldLimit = heldLimit
        self.plan = plan
        self.topics = topics
        self.vendor = vendor
        inquest = LossInquest(kafka: kafka, topics: topics, logger: logger)
        reader = try RunsReader(kafka: kafka, topics: topics, logger: logger)
        var kafka = kafka
        // librdkafka's five minutes are long to look at; whoever sets it knows better.
        kafka.properties["message.timeout.ms"] = kafka.properties["message.timeout.ms"] ?? "120000"
        producer = try Producer(kafka, logger: logger)
        check = Mutex(HistoryCheck(workflow: plan.workflow, rules: rules))
    }

    /// Takes its place at the ends of the topics.
    func begin() async throws { try await reader.begin() }

    func close() async {
        await producer.close(within: .seconds(5))
        await reader.close()
    }

    // MARK: Before

    /// Returns once workers have carried out an event of each store; call it before `follow`.
    ///
    /// - Throws: what is missing or wrong, and what to do.
    func probe(endpoint: String, within limit: Duration) async throws {
        let began = ContinuousClock.now
        var probes = VerificationProbes(plan)
        var (turn, waiting) = (0, plan.stores)
        while !probes.isOver {
            if !waiting.isEmpty {
                turn += 1
                for store in waiting { probes.sent(store) }
                let events = waiting.map { plan.probe($0, turn) }
                check.withLock { check in
                    for event in events { check.expectProbe(event.identity) }
                }
                _ = try await producer.send(events.map { $0.record(topics).producerRecord })
            }
            guard began.duration(to: .now) < limit else {
                throw probes.lateFault(endpoint: endpoint, after: limit)
            }
            guard let items = try await reader.next(within: Self.look) else { return }
            for item in items { probes.take(item) }
            if let fault = probes.fault(endpoint: endpoint) { throw fault }
            // A matcher that did not know a store yet is asked again in a moment.
            waiting = probes.unknown
            if !waiting.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        }
        _ = vendor.log.takeNews()
    }

    // MARK: Events

    /// Sends the next so many events, and returns when Kafka has acknowledged them.
    ///
    /// - Parameters:
    ///   - rate: events per second, at most; nil = as fast as it goes.
    ///   - patience: how long no run may end while no more can be held.
    ///   - progress: told of events that were acknowledged.
    /// - Returns: how many were sent: fewer where the patience was over.
    @discardableResult
    func emit(
        _ count: Int, rate: Double?, patience: Duration = .seconds(120),
        progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> Int {
        let start = ContinuousClock.now
        var done = 0
        while done < count {
            try Task.checkCancellation()
            let due = rate.map { Int(start.duration(to: .now) / .seconds(1) * $0) + 1 } ?? count
            let batch = min(due, count, done + Self.batchLimit) - done
            if batch > 0 {
                guard await hasRoom(within: patience) else { break }
                try await send(batch)
                done += batch
                progress(batch)
            } else if let rate {
                try await Task.sleep(until: start + .seconds(Double(done) / rate), clock: .continuous)
            }
        }
        try Task.checkCancellation()
        return done
    }

    private func send(_ count: Int) async throws {
        let first = emitted.withLock { emitted in
            defer { emitted += count }
            return emitted
        }
        let events = (first..<first + count).map { plan.event($0) }
        check.withLock { check in
            for (place, item) in events.enumerated() {
                check.expect(item.event.identity, key: item.key, position: first + place)
            }
        }
        _ = try await producer.send(events.map { $0.event.record(topics).producerRecord })
    }

    /// False where no run ended for so long.
    private func hasRoom(within patience: Duration) async -> Bool {
        while !Task.isCancelled {
            let before = outstanding
            let hasRoom = await changes.wait(within: patience) {
                self.check.withLock { $0.held < self.heldLimit }
            }
            if hasRoom { return true }
            if outstanding >= before { return false }
        }
        return false
    }

    // MARK: Following

    /// Reads what becomes of the events, until it is cancelled or closed.
    func follow() async throws {
        while let items = try await reader.next(within: Self.look) { try take(items) }
    }

    /// Apart from `follow`: Swift 6.3.1 crashes while it optimizes both as one function.
    private func take(_ items: [RunsReader.Item]) throws {
        // Taken after the records, so that no record tells of what the vendor has not told yet.
        let sightings = try sightings()
        check.withLock { check in
            for sighting in sightings { check.take(sighting) }
            for item in items {
                switch item {
                case .run(let record): check.take(record)
                case .letter(let letter): check.take(letter)
                }
            }
        }
        if !items.isEmpty || !sightings.isEmpty { changes.changed() }
    }

    private func sightings() throws(CommandError) -> [VendorSighting] {
        let (news, lost) = vendor.log.takeNews()
        guard lost == 0 else {
            throw .failed(
                "the verification lost \(lost) of its vendor's notes, since it could not read them in time",
                do: "run it again with a lower --rate")
        }
        return news.map { VendorSighting($0) }
    }

    /// Waits until all that was emitted is over; false where it isn't within the limit.
    func settle(within limit: Duration) async -> Bool {
        await changes.wait(within: limit) { self.check.withLock { $0.outstanding == 0 } }
    }

    /// Looks where the runs are that are not over, and counts those as lost that are nowhere; call it while `follow` runs.
    func inquire() async throws {
        let traces = try await inquest.traces(
            trigger: plan.trigger.connector.id, action: plan.action.connector)
        // What ended while the topics were read is told of by now.
        try await Task.sleep(for: .seconds(2))
        check.withLock { check in
            for run in check.open(limit: .max) {
                if let reason = traces.loss(of: run) { check.lose(run.id, reason) }
            }
        }
    }

    /// Something was done to the workers.
    func note(_ disturbance: Disturbance) { check.withLock { $0.take(disturbance) } }

    var outstanding: Int { check.withLock { $0.outstanding } }
    var report: VerificationReport { check.withLock { $0.report() } }

    /// What is known when nothing more will come.
    func finish() -> VerificationReport {
        check.withLock { check in
            check.finish()
            return check.report()
        }
    }
}

extension VendorSighting {
    init(_ news: DeliveryNews) {
        switch news {
        case .began(let entry):
            self = .began(
                Request(
                    sequence: entry.sequence, time: entry.time, run: RunID(entry.runID), answer: entry.answer)
            )
        case .ended(let sequence, let time, let isSuccess):
            self = .ended(sequence: sequence, time: time, isSuccess: isSuccess)
        }
    }
}
