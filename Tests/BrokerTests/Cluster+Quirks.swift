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
        _ setup: ClusterSetup, tries: Int = 5, _ body: @Sendable (Cluster) async throws -> Void
    ) async throws {
        for remaining in (0..<tries).reversed() {
            do {
                return try await run(setup, body)
            } catch let fault as BrokerFault where remaining > 0 {
                print("\(fault); trying again on a new broker")
            }
        }
    }

    /// As `runs.end`, but says so where the events never end because of the broker.
    func end(ofEvents count: Int, within limit: Duration) async throws -> RunHistory {
        do {
            return try await runs.end(ofEvents: count, within: limit)
        } catch {
            if broker.kind == .noidaDB, let fault = try await tornTransaction(events: count) { throw fault }
            throw error
        }
    }

    /// After the death of a transactional producer noida-db (0.2.3) now and then hides, from readers of committed
    /// records, what was committed under its name. It shows in transactions that count by halves: events that the
    /// matchers' committed offsets have passed, but whose reports, or whose actions, nobody can see; failed attempts whose
    /// records are there, but not the waiting records of the same transactions.
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
        var waiting: Set<String> = []
        for connector in ["slack", "trello"] {
            for record in try await records(of: topics.waiting(connector)) where record.value != nil {
                waiting.insert(String(decoding: record.key ?? [], as: UTF8.self))
            }
        }
        let unparked = history.actionRuns.filter {
            $0.value.attempts.last?.delay != nil && !waiting.contains($0.key)
        }
        return unparked.isEmpty
            ? nil
            : BrokerFault(
                description: "noida-db hides \(unparked.count) waiting records of committed attempts")
    }
}
