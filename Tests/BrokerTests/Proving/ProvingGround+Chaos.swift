// How each kind of disturbance is done.

import Foundation
import Glibc
import Kafka
import MockVendor
import Pipeline
import TestSupport

@testable import sluice

extension ProvingGround {
    /// What this ground can do. `CHAOS_BROKER_RESTART` is a shell command that restarts a broker of others.
    var chaosKinds: [ChaosKind] {
        ChaosKind.allCases.filter { kind in
            if embedded != nil { return Self.embeddedKinds.contains(kind) }
            if ChaosKind.ofNetwork.contains(kind), proxy == nil { return false }
            if broker?.kind == .noidaDB { return isRightOnNoidaDB(kind) }
            return kind != .restartBroker || Self.restartCommand != nil
        }
    }

    /// What the embedded cluster can do that no other can: errors of every kind, in front of everything.
    private static let embeddedKinds: Set<ChaosKind> = [
        .brokerErrors, .slowConnections, .cutConnections, .vendorDown,
    ]

    /// noida-db takes what the dead have left of a transaction for their successors', and hides what those commit; at its
    /// restart it forgets offsets that were committed in transactions. It ends a
    /// generation before its members have committed, so that with at-least-once delivery each rebalance repeats. And it never
    /// gives away the partitions of a member that is silent.
    private func isRightOnNoidaDB(_ kind: ChaosKind) -> Bool {
        switch setup.mode {
        case .exactlyOnce: !kind.isHard && kind != .restartBroker
        case .atLeastOnce: ![.join, .stopSender, .stopMatcher].contains(kind)
        }
    }

    private static var restartCommand: String? {
        ProcessInfo.processInfo.environment["CHAOS_BROKER_RESTART"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether nothing may be sent while it is done: noida-db forgets offsets and producers of its last seconds before an end,
    /// orderly or not.
    func wantsQuiet(_ kind: ChaosKind) -> Bool { kind == .restartBroker && broker?.kind == .noidaDB }

    /// What lasts a while is slept through: how long it lasts is the disturbance, and nothing tells of its end.
    func disturb(_ round: ChaosRound) async throws {
        let (sender, matcher) = ("sender-\(round.target)", "matcher-\(round.target)")
        switch round.kind {
        case .killSender: try await kill([sender])
        case .killMatcher: try await kill([matcher])
        case .killBoth: try await kill([matcher, sender])
        case .stopSender: try await stop(sender)
        case .stopMatcher: try await stop(matcher)
        case .terminateSender: try await terminate(sender)
        case .terminateMatcher: try await terminate(matcher)
        case .join: try await join(round.number)
        case .cutConnections: try await cut(times: 1 + round.variant % 3)
        case .slowConnections: try await slow(by: .milliseconds(50 + round.variant / 4))
        case .halfOpenConnections: try await halfOpen(isHealed: round.variant % 2 == 0)
        case .brokerErrors: try await brokerErrors(round.variant)
        case .restartBroker: try await restartBroker()
        case .vendorDown: try await vendor(answers: Self.outages[round.variant % Self.outages.count])
        case .vendorSlow:
            try await vendor(answers: [.slow(.milliseconds(200 + round.variant), then: .ok)])
        }
    }

    // MARK: Processes

    /// A matcher's death repeats no request of its own; with at-least-once delivery its actions come again, under the ids
    /// that their senders know.
    private func open(of name: String) throws -> Int {
        try workers[name].role == "sender" || setup.mode == .atLeastOnce ? setup.openLimit : 0
    }

    private func role(of name: String) throws -> Disturbance.Role? {
        Disturbance.Role(rawValue: try workers[name].role)
    }

    private func kill(_ names: [String]) async throws {
        let began = Self.now
        for name in names { try await workers[name].kill() }
        for name in names { try await workers.restart(name) }
        for name in names {
            verification.note(
                Disturbance(
                    .kill, at: began, until: Self.now, process: name, role: try role(of: name),
                    open: try open(of: name)))
        }
    }

    /// Its successors do again what it had done and not committed; and when it wakes, it may do again what they did, until
    /// its commit is refused.
    private func stop(_ name: String) async throws {
        let began = Self.now
        try workers[name].child.signal(SIGSTOP)
        // It is what is meant: longer than its session.
        try await Task.sleep(for: ProvingSetup.session + .milliseconds(1_500))
        try workers[name].child.signal(SIGCONT)
        verification.note(
            Disturbance(
                .stop, at: began, until: Self.now, process: name, role: try role(of: name),
                open: try 2 * open(of: name)))
    }

    private func terminate(_ name: String) async throws {
        let began = Self.now
        let status = try await workers[name].stop()
        guard status == .code(0) else { throw UnexpectedEnd(name: name, status: status) }
        try await workers.restart(name)
        verification.note(Disturbance(.terminate, at: began, until: Self.now, process: name))
    }

    struct UnexpectedEnd: Error, CustomStringConvertible {
        let name: String
        let status: ExitStatus
        var description: String { "\(name) was told to stop, and ended with \(status)" }
    }

    /// Dynamic members, which leave the group when they end.
    private func join(_ number: Int) async throws {
        let began = Self.now
        let names = ["extra-sender-\(number)", "extra-matcher-\(number)"]
        for (name, role) in zip(names, ["sender", "matcher"]) {
            try await workers.start(role, name, isStatic: false)
        }
        // Time to join, and to work a little.
        try await Task.sleep(for: .seconds(4))
        for name in names {
            let status = try await workers.retire(name)
            // On a busy machine it may not have begun yet, and ends at once.
            guard [.code(0), .signal(SIGTERM)].contains(status) else {
                throw UnexpectedEnd(name: name, status: status)
            }
        }
        verification.note(Disturbance(.rebalance, at: began, until: Self.now, process: names[0]))
    }

    // MARK: Brokers

    private func note(_ kind: Disturbance.Kind, since began: Int64, _ what: String) {
        verification.note(
            Disturbance(kind, at: began, until: Self.now, process: what, open: 2 * setup.openLimit))
    }

    private func cut(times: Int) async throws {
        let began = Self.now
        if let embedded {
            try embedded.setBroker(1, isUp: false)
            try await Task.sleep(for: .milliseconds(700 * times))
            try embedded.setBroker(1, isUp: true)
            return note(.network, since: began, "down")
        }
        for _ in 0..<times {
            proxy?.cutConnections()
            try await Task.sleep(for: .milliseconds(400))
        }
        note(.network, since: began, "cut")
    }

    private func slow(by delay: Duration) async throws {
        let began = Self.now
        proxy?.setFaults { $0.delay = delay }
        try embedded?.setRoundTripTime(1, delay)
        try await Task.sleep(for: .milliseconds(2_500))
        proxy?.setFaults { $0.delay = .zero }
        try embedded?.setRoundTripTime(1, .zero)
        note(.network, since: began, "slow")
    }

    /// Connections that are there, and on which nothing comes: answers are held back, and new connections are never served.
    ///
    /// - Parameter isHealed: whether those connections are cut afterwards, or left for the clients to give up.
    private func halfOpen(isHealed: Bool) async throws {
        let began = Self.now
        proxy?.setFaults {
            $0.blockedDirections = [.toClient]
            $0.acceptsWithoutForwarding = true
        }
        try await Task.sleep(for: .milliseconds(2_500))
        proxy?.setFaults {
            $0.blockedDirections = []
            $0.acceptsWithoutForwarding = false
        }
        if isHealed { proxy?.cutConnections() }
        note(.network, since: began, "half open")
    }

    /// Errors that Kafka gives when a coordinator moves, a transaction is still ending, or a group rebalances.
    private static let errors: [(api: Int16, code: Int16)] = [
        (TCPFaultProxy.KafkaRequest.endTransaction, 51), (TCPFaultProxy.KafkaRequest.endTransaction, 15),
        (TCPFaultProxy.KafkaRequest.addOffsetsToTransaction, 51),
        (TCPFaultProxy.KafkaRequest.addOffsetsToTransaction, 14),
        (TCPFaultProxy.KafkaRequest.findCoordinator, 15), (TCPFaultProxy.KafkaRequest.heartbeat, 27),
        (TCPFaultProxy.KafkaRequest.heartbeat, 16), (TCPFaultProxy.KafkaRequest.heartbeat, 25),
    ]

    /// Requests to the embedded cluster, each with errors that Kafka gives to it now and then.
    private static let embeddedErrors: [(api: Int16, codes: [Int32])] = [
        // Produce: not the leader, too few replicas, timed out.
        (0, [6, 19, 7]), (1, [6, 6]),
        // OffsetCommit: the coordinator loads, is not there, is another one.
        (8, [14, 15, 16]), (10, [15, 15]),
        // Heartbeat: the group rebalances, the member is unknown.
        (12, [27]), (12, [25]), (0, [-195, -195]), (8, [-195]),
    ]

    private func brokerErrors(_ variant: Int) async throws {
        let began = Self.now
        if let embedded {
            let error = Self.embeddedErrors[variant % Self.embeddedErrors.count]
            for _ in 0..<3 {
                embedded.pushRequestErrors(apiKey: error.api, error.codes)
                try await Task.sleep(for: .milliseconds(800))
            }
            embedded.clearRequestErrors(apiKey: error.api)
            return note(.broker, since: began, "errors \(error.codes) of request \(error.api)")
        }
        let error = Self.errors[variant % Self.errors.count]
        proxy?.setFaults { $0.errorCodes = [error.api: error.code] }
        // A heartbeat goes every three seconds.
        try await Task.sleep(for: .milliseconds(3_500))
        proxy?.setFaults { $0.errorCodes = [:] }
        note(.broker, since: began, "error \(error.code) of request \(error.api)")
    }

    private func restartBroker() async throws {
        let began = Self.now
        if let command = Self.restartCommand {
            let child = try await ChildProcess.start("/bin/sh", arguments: ["-c", command])
            try await child.wait(within: .seconds(60))
        } else {
            // Its last seconds must be over when it ends.
            try await Task.sleep(for: .seconds(3))
            try await broker?.restart()
        }
        note(.broker, since: began, "restart")
    }

    // MARK: The vendor

    private static let outages: [[ScriptedAnswer]] = [[.status(503)], [.close], [.noAnswer], [.html]]

    private func vendor(answers: [ScriptedAnswer]) async throws {
        let began = Self.now
        let usual = vendor.script
        vendor.script = VendorScript(defaultAnswers: answers)
        try await Task.sleep(for: .seconds(2))
        vendor.script = usual
        verification.note(Disturbance(.vendor, at: began, until: Self.now, process: "vendor"))
    }
}
