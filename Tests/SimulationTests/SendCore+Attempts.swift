import Connectors
import Flow
import Kafka
import TestSupport
import Workers

@testable import Pipeline

// From a run that may begin to what is written of its attempt: `ActionAttempts`.

extension SendCore {
    private func holdsKey(_ run: ActionRun) -> Bool {
        limits.holdsKeys
            && world.directory(pauses).connection(run.action.connector, store: run.store)?.afterDeadLetter
                == .hold
    }

    func begin(_ work: SendBoard.Work, using random: inout SplitMix64) throws {
        let queued = work.run
        if queued.decision == .release {
            truth.saw("key let go by decision")
            board.finish(work, .ended, [], spent: .zero, at: localTime, signal: .none, now: now)
            truth.run(queued.key)?.endedIn.insert(tenure)
            return
        }
        let place = RecordPlace(
            topic: work.partition.topic, partition: work.partition.partition, offset: queued.position)
        guard let run = try? ActionRun(queued.record ?? WireRecord(topic: "", key: nil, value: nil)) else {
            let letter = DeadLetter(
                connector: world.topics.connector(ofActions: place.topic) ?? "", stage: .action,
                reason: "unusable", store: nil, place: place, time: "t", actionRun: queued.key.id,
                headers: queued.record?.headers ?? [], value: queued.record?.value)
            board.finish(
                work, .ended, [letter.record(world.topics)], spent: .zero, at: localTime, signal: .none,
                now: now)
            truth.run(queued.key)?.endedIn.insert(tenure)
            return
        }
        let pause = world.directory(pauses).pause(
            connector: run.action.connector, store: run.store, workflow: run.workflowRun.workflow,
            endpoint: nil)
        let attempt = SimulatedVendor.Request(
            core: self, work: work, run: run, place: place, tenure: tenure, began: cluster.now)
        if queued.decision == .skip {
            truth.saw("run left by decision")
            settle(attempt, .skipped(reason: "decided"), signal: .none, using: &random)
            return
        }
        if let pause {
            let outcome = AttemptOutcome.held(reason: pause.description, by: .pause(pause.id))
            settle(attempt, outcome, signal: .none, using: &random)
            return
        }
        board.began(work, note(of: run, queued))
        attempt.isLooked = policy(of: run) == .checkThenResend
        attempt.looks = attempt.isLooked && bug != .unlooked && ActionAttempts.mayHaveActed(queued)
        if policy(of: run).isNotedFirst {
            noting.append(attempt)
            trace.note("\(process.label) notes that it begins \(truth.run(queued.key)?.name ?? "")")
        } else {
            try send(attempt)
        }
    }

    private func policy(of run: ActionRun) -> ActionDefinition.InDoubtPolicy {
        if limits.looks, run.action.connector == World.looking { return .checkThenResend }
        return world.catalogue.action(run.action)?.inDoubt ?? .resend
    }

    /// What its policy makes of an answer: `ActionAttempts.heeding`.
    private func heeding(_ outcome: AttemptOutcome, _ request: SimulatedVendor.Request) -> AttemptOutcome {
        guard request.isLooked, case .retry(let after, let reason, let cause) = outcome, cause.leavesDoubt
        else { return outcome }
        return .retry(after: max(after ?? .zero, Self.lookUpDelay), reason: reason, cause: cause)
    }

    private func note(of run: ActionRun, _ queued: QueuedRun) -> StartNote {
        let doubt = RunRecord.AttemptReport(
            run: run, attempt: queued.attempts + 1, outcome: "in-doubt", reason: nil, duration: .zero,
            delay: nil, end: nil)
        return StartNote(
            run: queued.key, store: run.store, position: queued.position, policy: policy(of: run),
            doubt: .attempt(doubt), lookUpDelay: bug == .hastyLook ? nil : Self.lookUpDelay)
    }

    /// Sends what waited for its note, once that is written.
    func sendNoted() throws -> Bool {
        guard let index = noting.firstIndex(where: { isNoted($0) != false }) else { return false }
        let attempt = noting.remove(at: index)
        if isNoted(attempt) == true {
            try send(attempt)
        } else {
            board.abandon(attempt.work, now: now)
        }
        return true
    }

    private func isNoted(_ attempt: SimulatedVendor.Request) -> Bool? {
        bug == .unnoted ? true : board.isNoted(attempt.work)
    }

    private func send(_ attempt: SimulatedVendor.Request) throws {
        let (work, queued) = (attempt.work, attempt.work.run)
        guard onWire.count + finished.count + writing.count < limits.open else {
            throw Violation("S5: more attempts are open than a crash may repeat")
        }
        if let key = queued.orderingKey, process.isCurrent,
            vendor.requests.contains(where: {
                !$0.isOrphan && $0.work.run.orderingKey == key && $0.work.partition == work.partition
            })
        {
            throw Violation("S3: two runs of key \(key) are on the wire")
        }
        attempt.truth = try truth.began(
            queued, by: tenure, isCurrent: process.isCurrent, at: cluster.now)
        attempt.isOrphan = process.hasLost
        attempt.began = cluster.now
        onWire.append(queued.key)
        vendor.requests.append(attempt)
        trace.note(
            "\(process.label) sends \(attempt.truth?.name ?? "") of \(work.partition), "
                + "attempt \(queued.attempts + 1), key \(attempt.run.orderingKey ?? "none")")
    }

    /// The answer to a request has come.
    func answered(_ request: SimulatedVendor.Request, _ answer: VendorAnswer, using random: inout SplitMix64)
    {
        guard process.core === self else { return }
        // Of partitions that are others' only the gates learn.
        if request.tenure == tenure {
            if let index = onWire.firstIndex(of: request.work.run.key) { onWire.remove(at: index) }
            finished.append(request.work.run.key)
        }
        let classified = FlowActionAnswer.classify(answer, now: localTime / 1000)
        var outcome = heeding(classified, request)
        if case .response(let response) = answer, response.status == World.unclearStatus {
            outcome = .held(reason: "unclear", by: .decision)
        }
        settle(request, outcome, signal: CircuitBreaker.Signal(outcome), using: &random)
    }

    private func settle(
        _ request: SimulatedVendor.Request, _ outcome: AttemptOutcome, signal: CircuitBreaker.Signal,
        using random: inout SplitMix64
    ) {
        let queued = request.work.run
        let spent = Duration.milliseconds((cluster.now - request.began) / 2000 * 2)
        let settlement = Settlement(
            of: outcome, run: request.run, queued: queued, place: request.place, spent: spent,
            policy: Self.retry, holdsKey: holdsKey(request.run),
            unit: Double(Int.random(in: 0...2, using: &random)) / 2, time: "t", topics: world.topics)
        let isLetGo = bug == .lostKeeper && settlement.verdict == .held(.deadLetter)
        let news = board.finish(
            request.work, isLetGo ? .ended : settlement.verdict, settlement.records, spent: spent,
            at: localTime, signal: signal,
            now: now)
        if !news.isEmpty { truth.saw("circuit opened or recovered") }
        if settlement.verdict == .ended, request.tenure == tenure {
            truth.run(queued.key)?.endedIn.insert(tenure)
        }
        trace.note("\(process.label) learns of \(request.truth?.name ?? "a run"): \(outcome.name)")
    }
}
