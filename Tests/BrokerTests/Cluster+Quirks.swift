// What a stand-in does wrong, told from what Sluice does wrong.

import Flow
import Kafka
import Liquid
import Pipeline
import TestSupport

/// A stand-in failed, not what was tested: the test goes again on a new one.
struct BrokerFault: Error, CustomStringConvertible {
    let description: String
}

extension Cluster {
    /// Runs the body; where noida-db is found to have lost a committed transaction in the middle of it, once more on a
    /// new one, so many times. Apache Kafka gets one try.
    static func runOnSoundBroker(
        _ setup: ClusterSetup, tries: Int = 8, _ body: @Sendable (Cluster) async throws -> Void
    ) async throws {
        for remaining in (0..<tries).reversed() {
            do {
                return try await run(setup, body)
            } catch let fault as BrokerFault where remaining > 0 {
                print("\(fault); trying again on a new broker")
            }
        }
    }

    /// Far longer than any pause between two records of these tests: the longest is a vendor's Retry-After.
    private static let stall = Duration.seconds(15)

    /// As `runs.end`, but says so where the events never end because of the broker.
    func end(ofEvents count: Int, within limit: Duration) async throws -> RunHistory {
        guard broker.kind == .noidaDB else { return try await runs.end(ofEvents: count, within: limit) }
        let began = ContinuousClock.now
        var seen = -1
        while true {
            do {
                return try await runs.end(ofEvents: count, within: min(limit, Self.stall))
            } catch {
                let now = runs.history.recordCount
                guard now == seen || ContinuousClock.now - began > limit else {
                    seen = now
                    continue
                }
                throw try await tornTransaction(events: count) ?? error
            }
        }
    }

    /// After the death of a transactional producer noida-db (0.2.3) now and then hides, from readers of committed
    /// records, what was committed under its name. It shows in transactions that count by halves: events that the
    /// matchers' committed offsets have passed, but whose reports, or whose actions, nobody can see; failed attempts whose
    /// records are there, but not the waiting records of the same transactions; action runs that the senders' committed
    /// offsets have passed and that don't wait, but whose ends are not there.
    private func tornTransaction(events count: Int) async throws -> BrokerFault? {
        guard try await lag(of: topics.matcherGroup, in: topics.triggers("loyaltylion")) == 0 else {
            return nil
        }
        let history = runs.history
        if history.events.count < count {
            return BrokerFault(
                description: "noida-db hides the reports of \(count - history.events.count) committed events")
        }
        var visible: Set<String> = []
        for connector in ["slack", "trello"] {
            for record in try await records(of: topics.actions(connector)) {
                if let run = try? ActionRun(WireRecord(record)) { visible.insert("\(run.workflowRun.id)") }
            }
        }
        let hidden = Set(history.started.keys).subtracting(visible)
        if !hidden.isEmpty {
            return BrokerFault(description: "noida-db hides \(hidden.count) actions of committed events")
        }
        var (parked, waiting): (Set<String>, Set<String>) = ([], [])
        for connector in ["slack", "trello"] {
            for record in try await records(of: topics.waiting(connector)) {
                let key = String(decoding: record.key ?? [], as: UTF8.self)
                if record.value == nil {
                    waiting.remove(key)
                } else {
                    parked.insert(key)
                    waiting.insert(key)
                }
            }
        }
        let unparked = history.actionRuns.filter {
            $0.value.attempts.last?.delay != nil && !parked.contains($0.key)
        }
        if !unparked.isEmpty {
            return BrokerFault(
                description: "noida-db hides \(unparked.count) waiting records of committed attempts")
        }
        for connector in ["slack", "trello"]
        where try await lag(of: topics.senderGroup, in: topics.actions(connector)) > 0 { return nil }
        let open = history.started.keys.count { history.ends[$0] == nil }
        return waiting.isEmpty && open > 0
            ? BrokerFault(description: "noida-db hides the ends of \(open) committed runs") : nil
    }

    /// Exactly once in Kafka; where noida-db shows records of a transaction that it should have ended, its fault.
    func expectExactlyOnceAfterCrash(_ history: RunHistory) throws {
        if broker.kind == .noidaDB, history.repeatedRecords > 0 {
            throw BrokerFault(
                description: "noida-db shows \(history.repeatedRecords) records of transactions of the dead")
        }
        expectExactlyOnce(history)
    }
}
