// Whether the workers are there, before anything is measured.

import Flow
import Pipeline

/// One event for each store goes first. It is pure: told what was sent and read, it says what is to be sent again and what
/// is wrong.
struct VerificationProbes: Sendable {
    private enum State: Hashable, Sendable {
        case sent
        /// Taken by a matcher that did not know the store or the workflow yet.
        case unknown
        case matched
        /// Its attempt did not succeed.
        case attempted(outcome: String, reason: String)
        case over
    }

    private let plan: VerificationPlan
    private var states: [String: State] = [:]

    init(_ plan: VerificationPlan) {
        self.plan = plan
    }

    mutating func sent(_ store: String) { states[store] = .sent }

    mutating func take(_ item: RunsReader.Item) {
        guard case .run(let record) = item, record.event.id.hasPrefix("\(plan.name)-probe-"),
            states[record.store] != .over
        else { return }
        switch record {
        case .event(let report):
            let isMatched = report.started.contains { $0.workflow == plan.workflow }
            if isMatched || states[record.store] == .sent {
                states[record.store] = isMatched ? .matched : .unknown
            }
        case .attempt(let report):
            if report.end != .succeeded {
                states[record.store] = .attempted(outcome: report.outcome, reason: report.reason ?? "")
            }
        case .end(let report):
            if report.end == .succeeded { states[record.store] = .over }
        }
    }

    /// Stores whose probe came too early.
    var unknown: [String] { plan.stores.filter { states[$0] == .unknown } }
    var isOver: Bool { plan.stores.allSatisfy { states[$0] == .over } }

    /// What can't become better by waiting.
    func fault(endpoint: String) -> CommandError? {
        let rejected = attempts.first { $0.outcome == "rejected" }
        return rejected.map { Self.fault($0.reason, endpoint) }
    }

    /// What is wrong, when the time is over.
    func lateFault(endpoint: String, after limit: Duration) -> CommandError {
        let seconds = limit.components.seconds
        let silent = plan.stores.filter { [.sent, nil].contains(states[$0]) }
        if !silent.isEmpty {
            return .failed(
                "no matcher took the events of \(plan.trigger.connector.id) for \(silent.count) of "
                    + "\(plan.storeCount.counted("store")) within \(seconds) s",
                do: "start one (sluice run matcher), or choose a --trigger of a connector that they serve")
        }
        if !unknown.isEmpty {
            return .failed(
                "the matchers did not see the registry's changes within \(seconds) s",
                do: "look into their log; do they have this command's cluster and prefix?")
        }
        guard let attempt = attempts.first else {
            return .failed(
                "no sender carried out \(plan.action) within \(seconds) s",
                do: "start one (sluice run sender), or choose an --action of a connector that they serve")
        }
        return Self.fault(attempt.reason, endpoint)
    }

    private var attempts: [(outcome: String, reason: String)] {
        plan.stores.compactMap { store in
            guard case .attempted(let outcome, let reason) = states[store] else { return nil }
            return (outcome, reason)
        }
    }

    private static func fault(_ reason: String, _ endpoint: String) -> CommandError {
        let remedy =
            if reason.contains("sender.allowedNetworks") {
                "name its network in the senders' sender.allowedNetworks (SLUICE_SENDER_ALLOWED_NETWORKS), or let this "
                    + "command listen on a public address, with --listen and --endpoint"
            } else if reason.hasPrefix("no answer") {
                "let it listen where the senders reach it, with --listen HOST:PORT, and give them another name of it with "
                    + "--endpoint URL"
            } else if reason.contains("key") {
                "run this command with the senders' keys, SLUICE_SECRETS_KEYS"
            } else {
                "look at the reason; the senders' log has more"
            }
        return .failed(
            "the senders can't deliver to this command's endpoint \(endpoint)", do: remedy, details: [reason])
    }
}
